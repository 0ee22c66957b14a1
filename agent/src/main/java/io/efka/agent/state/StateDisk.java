package io.efka.agent.state;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The store's port to the disk; through it tests count the syncs, fill the disk and cut the power. A power cut may lose
 * what was not forced, and nothing that was. An interrupt must not disturb any method.
 */
interface StateDisk {

    /** A new, empty file; one of that name is emptied. Its name is durable after {@link #forceFolder}. */
    OpenFile create(Path file) throws IOException;

    /** A file that is there. */
    OpenFile open(Path file) throws IOException;

    /** Makes a file's content durable. */
    void force(Path file) throws IOException;

    /** Gives a file another name, atomically; durable after {@link #forceFolder}. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file, if it is there. */
    void delete(Path file) throws IOException;

    /** Makes the names in a folder durable. */
    void forceFolder(Path folder) throws IOException;

    /** A file that is written anywhere; it grows as it is written at its end. Confined to one thread at a time. */
    interface OpenFile extends Closeable {
        long length() throws IOException;

        /** Writes over what is there; after a failure, some of it may have been written. */
        void write(long position, byte[] bytes) throws IOException;

        void force() throws IOException;
    }
}
