package io.efka.agent.output.store;

import io.efka.agent.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A regular file that was found at a path, without following a link: services that run as the agent's user can replace
 * their logs by links, FIFOs and other files.
 *
 * @param key the file itself (device and inode), whatever its name
 */
record RegularFile(Object key, long size) {
    /** The output of services may be confidential. */
    static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /**
     * Reads what is at a path; empty if it is not a regular file.
     *
     * @throws NoSuchFileException if the path does not exist
     */
    static Optional<RegularFile> at(Path path) throws IOException {
        BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return found.isRegularFile() ? Optional.of(new RegularFile(found.fileKey(), found.size())) : Optional.empty();
    }

    /** Creates a folder and its parents if they are missing; fails if the path is something else. */
    static void requireFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return;
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            String what = Files.isSymbolicLink(folder) ? "a link" : "no folder";
            throw new IOException(folder + " is " + what + "; it must be a folder of the agent's");
        }
        PrivateFiles.makeFolder(folder);
    }
}
