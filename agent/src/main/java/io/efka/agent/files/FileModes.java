package io.efka.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Permission bits as numbers, 0-0777, as {@code chmod} has them. */
public final class FileModes {
    public static final int MAX = 0777;

    /** From the highest bit, 0400, to the lowest, 0001: the order the JDK declares them in. */
    private static final PosixFilePermission[] BITS = PosixFilePermission.values();

    private FileModes() {}

    public static void set(Path file, int mode) throws IOException {
        Files.setPosixFilePermissions(file, permissions(mode));
    }

    public static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission permission : BITS) {
            if ((mode & bit(permission)) != 0) permissions.add(permission);
        }
        return permissions;
    }

    public static int of(Path file) throws IOException {
        int mode = 0;
        for (PosixFilePermission permission : Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)) {
            mode |= bit(permission);
        }
        return mode;
    }

    private static int bit(PosixFilePermission permission) {
        return 1 << (BITS.length - 1 - permission.ordinal());
    }
}
