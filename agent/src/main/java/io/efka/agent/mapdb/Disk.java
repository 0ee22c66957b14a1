package io.efka.agent.mapdb;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What the store asks of a disk, in one seam, so that tests can count the syncs, fill the disk and cut the power. What is
 * not forced may be lost with the power; what is forced may not. No method may be disturbed by an interrupt.
 */
interface Disk {

    /** A new, empty file; one of that name is emptied. Its name is durable after {@link #forceFolder}. */
    AppendFile create(Path file) throws IOException;

    /** A file that is there. */
    AppendFile open(Path file) throws IOException;

    /** Makes a file's content durable. */
    void force(Path file) throws IOException;

    /** Gives a file another name, atomically; durable after {@link #forceFolder}. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file, if it is there. */
    void delete(Path file) throws IOException;

    /** Makes the names in a folder durable. */
    void forceFolder(Path folder) throws IOException;

    /** A file that grows at its end, and can be cut. Confined to one thread at a time. */
    interface AppendFile extends Closeable {
        long length() throws IOException;

        /** Writes at the end; after a failure, some of it may be there. */
        void append(byte[] bytes) throws IOException;

        void truncate(long length) throws IOException;

        void force() throws IOException;
    }
}
