package io.efka.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * Identifies the file behind a path by its device and inode. A file that is deleted and created again has another
 * identity, unless the file system reuses the inode.
 *
 * @param key compares with {@code equals}
 */
public record FileIdentity(Object key) {
    public FileIdentity {
        Objects.requireNonNull(key);
    }

    /**
     * Reads the identity of what is at the path now; does not follow a link. One system call.
     *
     * @throws java.nio.file.NoSuchFileException if the path does not exist
     */
    public static FileIdentity of(Path path) throws IOException {
        return of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }

    /** The identity of the file that has these attributes. */
    public static FileIdentity of(BasicFileAttributes attributes) {
        return new FileIdentity(attributes.fileKey());
    }
}
