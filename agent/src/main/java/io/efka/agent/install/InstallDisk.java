package io.efka.agent.install;

import java.io.IOException;
import java.nio.file.Path;

/** The port to the disk for installing; every step may fail. Symbolic links are never followed at the last level. */
interface InstallDisk {

    /** Makes a folder, mode 0755, where there is none; its parent exists. */
    void makeFolder(Path folder) throws IOException;

    /** Makes a folder that others can neither list nor pass through, where there is none; its parent exists. */
    void makePrivateFolder(Path folder) throws IOException;

    /** Makes a folder with a name of its own that begins with {@code prefix}, mode 0755; its parent exists. */
    Path makeUniqueFolder(Path parent, String prefix) throws IOException;

    /** Writes a file that is not there yet; its content and mode are durable when it returns. */
    void write(Path file, byte[] content, int mode) throws IOException;

    /** Renames atomically; takes the place of a file. Durable after {@link #sync} of both folders. */
    void move(Path from, Path to) throws IOException;

    /** Makes durable which names a folder has. */
    void sync(Path folder) throws IOException;

    /** Deletes a folder with all that is in it; does nothing where there is none. */
    void deleteTree(Path folder) throws IOException;

    /** Deletes a folder if it is empty; returns whether it did. */
    boolean deleteIfEmpty(Path folder) throws IOException;

    /** Whether the agent's user may make, rename and delete entries of a folder. */
    boolean isWritable(Path folder);

    /** Whether something is mounted there: such a folder can be neither renamed nor deleted. */
    boolean isMountPoint(Path folder) throws IOException;
}
