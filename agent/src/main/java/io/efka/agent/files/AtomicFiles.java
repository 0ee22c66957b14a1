package io.efka.agent.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.Set;

/**
 * Writes files atomically: after a failure or a power cut, a file has its old content or its new content, never a part
 * of it. Thread-safe; blocks for the disk.
 */
public final class AtomicFiles {
    private static final AtomicFiles DURABLE = new AtomicFiles((path, sync) -> sync.run());
    private static final AtomicFiles UNSYNCED = new AtomicFiles((path, sync) -> {});

    private final Disk disk;

    /** A port for tests, which see what is synced, and when. */
    interface Disk {
        /** @param sync syncs the path */
        void sync(Path path, Sync sync) throws IOException;
    }

    interface Sync {
        void run() throws IOException;
    }

    AtomicFiles(Disk disk) {
        this.disk = disk;
    }

    /**
     * Writes a file with mode 0600, and replaces one that exists. Content and name are durable when it returns.
     *
     * @param owner of the file from the moment it has its name; empty: the agent's user
     * @throws IOException if it failed; the old content is still there, unless only the last sync failed
     */
    public static void replace(Path file, byte[] content, Optional<UserPrincipal> owner) throws IOException {
        DURABLE.doReplace(file, content, owner);
    }

    /**
     * The same without a sync: after a power cut the file may be empty. For content that is stored elsewhere and
     * compared before use.
     */
    public static void replaceUnsynced(Path file, byte[] content, Optional<UserPrincipal> owner) throws IOException {
        UNSYNCED.doReplace(file, content, owner);
    }

    void doReplace(Path file, byte[] content, Optional<UserPrincipal> owner) throws IOException {
        Path draft = draftOf(file);
        Files.deleteIfExists(draft);
        doCreate(draft, content, PrivateFiles.FILE, owner);
        try {
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(draft);
            throw e;
        }
        Path folder = folderOf(file);
        disk.sync(folder, () -> sync(folder));
    }

    /**
     * Creates a file. Its content and mode are durable when it returns; its name is after {@link #sync} of the folder.
     * Only the agent's user can read it before it has its mode.
     *
     * @throws java.nio.file.FileAlreadyExistsException if the path exists; it stays as it is
     * @throws IOException if it could not be written; it is deleted again
     */
    public static void create(Path file, byte[] content, Set<PosixFilePermission> mode) throws IOException {
        DURABLE.doCreate(file, content, mode, Optional.empty());
    }

    void doCreate(Path file, byte[] content, Set<PosixFilePermission> mode, Optional<UserPrincipal> owner)
            throws IOException {
        Set<StandardOpenOption> isNew = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileChannel channel = FileChannel.open(file, isNew, PosixFilePermissions.asFileAttribute(PrivateFiles.FILE));
        boolean isWhole = false;
        try (channel) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) channel.write(rest);
            Files.setPosixFilePermissions(file, mode);
            if (owner.isPresent()) Files.setOwner(file, owner.get());
            // Through the open channel: its mode may not allow the agent to open it again.
            disk.sync(file, () -> channel.force(true));
            isWhole = true;
        } finally {
            if (!isWhole) Files.deleteIfExists(file);
        }
    }

    /**
     * The file that {@link #replace} writes and then renames. A kill in between leaves it until the next
     * {@code replace}.
     */
    public static Path draftOf(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".new");
    }

    private static Path folderOf(Path file) {
        return Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    }

    /** Syncs the content of a file, or the names in a folder. Ignores interrupts until it is done. */
    public static void sync(Path path) throws IOException {
        boolean interrupted = false;
        try {
            while (!isSyncedUninterrupted(path)) {
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    // Only a channel can open a folder. An interrupt closes the channel, so the caller tries again.
    private static boolean isSyncedUninterrupted(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
            return true;
        } catch (ClosedByInterruptException e) {
            return false;
        }
    }
}
