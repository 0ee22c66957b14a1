package io.efka.agent.install;

import io.efka.agent.files.AtomicFiles;
import io.efka.agent.files.FileModes;
import io.efka.agent.files.FileTrees;
import io.efka.agent.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file system with permissions and atomic renames. Thread-safe. */
final class LinuxInstallDisk implements InstallDisk {
    /** A service may run as another user, so it must get into its folder whatever the agent's umask. */
    private static final int FOLDER_MODE = 0755;

    @Override
    public void makeFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return;
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            // Two services may be installed at once; whatever else is there is in the way.
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) throw e;
        }
        FileModes.set(folder, FOLDER_MODE);
    }

    @Override
    public void makePrivateFolder(Path folder) throws IOException {
        PrivateFiles.makeFolder(folder);
    }

    @Override
    public Path makeUniqueFolder(Path parent, String prefix) throws IOException {
        Path folder = Files.createTempDirectory(parent, prefix);
        FileModes.set(folder, FOLDER_MODE);
        return folder;
    }

    @Override
    public void write(Path file, byte[] content, int mode) throws IOException {
        AtomicFiles.create(file, content, FileModes.permissions(mode));
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void sync(Path folder) throws IOException {
        AtomicFiles.sync(folder);
    }

    @Override
    public void deleteTree(Path folder) throws IOException {
        FileTrees.delete(folder);
    }

    @Override
    public boolean deleteIfEmpty(Path folder) throws IOException {
        try {
            Files.delete(folder);
            return true;
        } catch (DirectoryNotEmptyException e) {
            return false;
        }
    }

    @Override
    public boolean isWritable(Path folder) {
        return Files.isWritable(folder);
    }

    @Override
    public boolean isMountPoint(Path folder) throws IOException {
        return MountPoints.ofThisProcess().contains(folder);
    }
}
