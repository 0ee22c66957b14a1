package io.efka.agent.artifact.archive;

import io.efka.agent.files.FileModes;
import io.efka.agent.files.FileTrees;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Writes the entries of an archive into a folder. Until {@link #finish} there are no symbolic links in it, so no path can
 * lead out. A path that exists is never written again, so what exists is also the memory of which entries there were.
 * Not thread-safe; blocks for the disk.
 */
final class UnpackedFolder {
    private static final int SETUID_SETGID = 06000;
    private static final int LEAST_FILE = 0600;
    private static final int LEAST_FOLDER = 0700;
    private static final int DEFAULT_FOLDER = 0755;

    private static final Set<OpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final FileAttribute<?> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(FileModes.permissions(LEAST_FILE));
    private static final FileAttribute<?> PRIVATE_FOLDER =
            PosixFilePermissions.asFileAttribute(FileModes.permissions(LEAST_FOLDER));

    private final Path root;
    private final UnpackBudget budget;
    private final Runnable step;
    private final SymbolicLinks links;
    private final Set<EntryPath> unlisted = new HashSet<>();
    private final byte[] buffer = new byte[64 * 1024];
    private EntryPath lastParent = EntryPath.ROOT;
    private boolean isRootListed;
    private long bytes;

    /** @param step run for each symbolic link: shows progress, and throws if the caller cancels */
    UnpackedFolder(Path root, UnpackBudget budget, Runnable step) {
        this.root = root;
        this.budget = budget;
        this.step = step;
        this.links = new SymbolicLinks(budget, step);
    }

    /** Creates a folder. The archive need not list the folders of a path. */
    void folder(EntryPath path, int mode) throws IOException {
        requirePlain(path, mode);
        budget.entry();
        if (path.isRoot()) {
            if (isRootListed) throw BadArchiveException.of("has an entry for its own folder twice");
            isRootListed = true;
            return;
        }
        requireParents(path);
        if (!unlisted.remove(path)) create(path);
        FileModes.set(path.under(root), (mode & FileModes.MAX) | LEAST_FOLDER);
    }

    /** Writes a file with all of the content, which is read to its end. */
    void file(EntryPath path, int mode, FileTime modified, InputStream content) throws IOException {
        requirePlain(path, mode);
        budget.entry();
        requireParents(path);
        Path file = path.under(root);
        try (FileChannel channel = FileChannel.open(file, NEW_FILE, PRIVATE_FILE)) {
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                for (ByteBuffer rest = ByteBuffer.wrap(buffer, 0, count); rest.hasRemaining(); ) channel.write(rest);
                bytes += count;
            }
        } catch (FileAlreadyExistsException e) {
            throw twice(path);
        }
        FileModes.set(file, (mode & FileModes.MAX) | LEAST_FILE);
        Files.setLastModifiedTime(file, modified);
    }

    /** Another name of a file that came before. */
    void hardLink(EntryPath path, int mode, EntryPath existing) throws IOException {
        requirePlain(path, mode);
        budget.entry();
        requireParents(path);
        // No folder on the way to it can be a link: there are none yet.
        if (!Files.isRegularFile(existing.under(root), LinkOption.NOFOLLOW_LINKS)) {
            throw BadArchiveException.of(path, "is a hard link to " + existing + ", which is no file before it");
        }
        try {
            Files.createLink(path.under(root), existing.under(root));
        } catch (FileAlreadyExistsException e) {
            throw twice(path);
        }
    }

    /** Remembers a symbolic link for {@link #finish}. */
    void symbolicLink(EntryPath path, byte[] target) throws IOException {
        requireNotRoot(path);
        budget.entry();
        links.add(path, target);
    }

    /** Creates the symbolic links, and syncs everything. */
    Unpacked finish() throws IOException {
        links.requireInside();
        for (Map.Entry<EntryPath, String> link : links.all().entrySet()) {
            step.run();
            EntryPath path = link.getKey();
            requireParents(path);
            try {
                Files.createSymbolicLink(path.under(root), Path.of(link.getValue()));
            } catch (FileAlreadyExistsException e) {
                throw twice(path);
            }
        }
        for (EntryPath path : links.all().keySet()) requireInside(path);
        FileTrees.sync(root);
        return new Unpacked(budget.entries(), bytes);
    }

    /** As the kernel sees it: the file system may ignore the case of names, for example. */
    private void requireInside(EntryPath link) throws IOException {
        step.run();
        Path target;
        try {
            target = link.under(root).toRealPath();
        } catch (FileSystemException nothingThere) {
            return;
        }
        if (!target.startsWith(root.toRealPath())) throw BadArchiveException.of(link, "is a link that leads out");
    }

    private static void requirePlain(EntryPath path, int mode) throws BadArchiveException {
        if ((mode & SETUID_SETGID) != 0) throw BadArchiveException.of(path, "has a setuid or setgid bit");
    }

    private static void requireNotRoot(EntryPath path) throws BadArchiveException {
        if (path.isRoot()) throw BadArchiveException.of("has an entry for its own folder that is not a folder");
    }

    private void requireParents(EntryPath path) throws IOException {
        requireNotRoot(path);
        EntryPath parent = path.parent();
        if (parent.isRoot() || parent.equals(lastParent)) return;
        for (EntryPath folder : path.folders()) {
            if (Files.isDirectory(folder.under(root), LinkOption.NOFOLLOW_LINKS)) continue;
            budget.entry();
            try {
                create(folder);
            } catch (BadArchiveException e) {
                throw BadArchiveException.of(path, "is below " + folder + ", which is not a folder");
            }
            budget.remember(folder.value());
            unlisted.add(folder);
            FileModes.set(folder.under(root), DEFAULT_FOLDER);
        }
        lastParent = parent;
    }

    private void create(EntryPath folder) throws IOException {
        try {
            Files.createDirectory(folder.under(root), PRIVATE_FOLDER);
        } catch (FileAlreadyExistsException e) {
            throw twice(folder);
        }
    }

    private static BadArchiveException twice(EntryPath path) {
        return BadArchiveException.of(path, "is there twice");
    }
}
