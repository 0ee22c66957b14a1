package io.efka.agent.install;

import io.efka.agent.files.FileModes;
import io.efka.agent.files.FileTrees;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A release that is being made, in a folder that nothing uses. Closing it deletes what was not kept. Not thread-safe; blocks
 * for the disk.
 */
public final class StagedRelease implements AutoCloseable {
    /** Its {@code env} may hold a password; the service itself gets it from the agent. */
    private static final int MANIFEST_MODE = 0600;

    private final ServiceId id;
    private final Path folder;
    private final ReleaseFolders folders;
    private boolean isKept;

    StagedRelease(ServiceId id, Path folder, ReleaseFolders folders) {
        this.id = id;
        this.folder = folder;
        this.folders = folders;
    }

    /** Where it is made; empty at first. */
    public Path folder() {
        return folder;
    }

    /** Reads and checks the manifest, as it will be when it is started. */
    public Manifest manifest() throws CommandException {
        Path file = folder.resolve(Manifest.FILE_NAME);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            String expected = "must be a file at the root of the archive" + hint();
            throw ManifestFile.invalid(List.of(new Fault(Manifest.FILE_NAME, "missing", expected)));
        }
        return folders.manifest(id, folder);
    }

    /** The usual mistake is to pack the folder instead of what is in it. */
    private String hint() {
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> first = entries.limit(2).toList();
            boolean isFolder = first.size() == 1 && Files.exists(first.get(0).resolve(Manifest.FILE_NAME));
            return isFolder ? "; it is in " + first.get(0).getFileName() + "/: pack what is in that folder" : "";
        } catch (IOException | UncheckedIOException unreadable) {
            return "";
        }
    }

    /**
     * Makes it a release: whole, or not at all. One that is there already is left as it is, unless it is damaged.
     *
     * @param release what its folder is called
     * @param manifest says whose the files are to be
     */
    public void keep(String release, Manifest manifest) throws CommandException {
        Path target = folders.folder(id, release);
        boolean isThere = Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS);
        if (isThere && !folders.isDamaged(id, target)) return;
        folders.requireWritable(target);
        try {
            Path file = folder.resolve(Manifest.FILE_NAME);
            FileModes.set(file, MANIFEST_MODE);
            if (folders.isRoot() && manifest.program().user().isPresent())
                give(manifest.program().user().get(), file);
            folders.move(id, folder, target);
            isKept = true;
        } catch (IOException e) {
            throw CommandException.broken("cannot store release " + release + " of " + id, e);
        }
    }

    /** Not the manifest and the folder that it is in: the service must not choose what it is run as. */
    private void give(String user, Path manifest) throws IOException, CommandException {
        UserPrincipal owner;
        try {
            owner = folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
        } catch (IOException unknown) {
            throw new CommandException(
                    ErrorCode.LAUNCH_FAILED, "user \"" + user + "\" does not exist on this device: " + unknown);
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.equals(manifest)) own(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) throw failure;
                if (!visited.equals(folder)) own(visited);
                return FileVisitResult.CONTINUE;
            }

            private void own(Path file) throws IOException {
                Files.getFileAttributeView(file, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .setOwner(owner);
            }
        });
        FileTrees.sync(folder);
    }

    @Override
    public void close() {
        if (!isKept) folders.discard(folder);
    }
}
