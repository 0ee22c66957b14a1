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

/** Creates files and folders that only the agent's user can read. They have their mode from the moment they exist. */
public final class PrivateFiles {
    /** 0600. */
    static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    /** 0700. */
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    /** 0711: others can open what is in it if they know its name, but cannot list it. */
    public static final Set<PosixFilePermission> PASSAGE = PosixFilePermissions.fromString("rwx--x--x");

    private PrivateFiles() {}

    /** Creates an empty file; one that exists stays as it is. */
    public static void create(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(FILE));
        } catch (FileAlreadyExistsException there) {
            // ExposedFiles corrected its mode when the agent started.
        }
    }

    /** Creates a folder, and its parents with the default mode; one that exists stays as it is. */
    public static void makeFolder(Path folder) throws IOException {
        make(folder, FOLDER);
    }

    /**
     * Creates a folder on the path to files of services. If the agent is root, services may run as other users, who
     * must be able to pass through it: its mode is 0711. Otherwise it is 0700. A folder that exists stays as it is.
     */
    public static void makePassage(Path folder) throws IOException {
        make(folder, passage());
    }

    /** The same, but also corrects the mode of a folder that exists. */
    public static void requirePassage(Path folder) throws IOException {
        makePassage(folder);
        Files.setPosixFilePermissions(folder, passage());
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

    /** Removes permissions beyond 0600, or 0700 for a folder; returns whether there were any. */
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
