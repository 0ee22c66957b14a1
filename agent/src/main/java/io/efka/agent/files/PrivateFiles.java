package io.efka.agent.files;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Makes files that only the agent's user can read: with their mode from the first moment on, not a moment later. */
public final class PrivateFiles {
    /** 0600. */
    static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    /** 0700. */
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    /** 0711: whoever knows a name in it gets through to that, and nobody else can list it. */
    private static final Set<PosixFilePermission> PASSAGE = PosixFilePermissions.fromString("rwx--x--x");

    private PrivateFiles() {}

    /** Makes an empty file where there is none. */
    public static void create(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(FILE));
        } catch (FileAlreadyExistsException there) {
            // as it is; Exposure has looked at it at the start
        }
    }

    /** Makes a folder where there is none, and its parents as anybody would. */
    public static void makeFolder(Path folder) throws IOException {
        make(folder, FOLDER);
    }

    /**
     * Makes a folder on the way to services: where the agent is root they may run as other users, who must be able to pass
     * through it; everywhere else it is as private as any.
     */
    public static void makePassage(Path folder) throws IOException {
        make(folder, passage());
    }

    static Set<PosixFilePermission> passage() {
        return Privileges.isRoot() ? PASSAGE : FOLDER;
    }

    private static void make(Path folder, Set<PosixFilePermission> mode) throws IOException {
        if (Files.isDirectory(folder)) return;
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) Files.createDirectories(parent);
        FileAttribute<?> wanted = PosixFilePermissions.asFileAttribute(mode);
        try {
            Files.createDirectory(folder, wanted);
        } catch (FileAlreadyExistsException raced) {
            if (!Files.isDirectory(folder)) throw raced;
        }
    }

    /** Takes away what is more than 0600, or 0700 of a folder; says whether there was anything to take. */
    public static boolean narrow(Path file) throws IOException {
        return narrow(file, Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) ? FOLDER : FILE);
    }

    static boolean narrow(Path file, Set<PosixFilePermission> most) throws IOException {
        Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
        mode.addAll(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
        if (!mode.retainAll(most)) return false;
        Files.setPosixFilePermissions(file, mode);
        return true;
    }
}
