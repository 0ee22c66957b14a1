package io.efka.agent.state;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What the store asks of a disk, in one seam, so that tests can count the syncs, fill the disk and cut the power. What is
 * not forced may be lost with the power; what is forced may not. No method may be disturbed by an interrupt.
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
