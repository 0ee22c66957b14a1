package io.efka.agent.install;

import io.efka.agent.files.AtomicFiles;
import io.efka.protocol.manifest.Manifest;
import io.efka.threads.AgentThread;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The files of a work directory that a plan does not bring: those of an earlier command, of an archive, and what the service
 * wrote. They become a new release's as hard links, which need no room and no time, and where a service goes on with a file that it
 * writes in place. What is replaced is written anew, so no link is ever written through. One thread, once; blocks for the disk.
 */
final class OtherFiles {
    private final Path workDir;
    private final Set<String> besides;
    private final Set<String> files = new HashSet<>(Set.of(Manifest.FILE_NAME));
    private final Set<String> folders = new HashSet<>();

    /** @param besides names in the work directory itself that are not the service's files */
    OtherFiles(Path workDir, Set<String> besides, InstallPlan plan) {
        this.workDir = workDir;
        this.besides = besides;
        for (RelativePath file : plan.files().keySet()) {
            files.add(file.value());
            file.folders().forEach(folder -> folders.add(folder.value()));
        }
    }

    /** Whether there are any. */
    boolean areThere() throws IOException {
        var found = new AtomicBoolean();
        Files.walkFileTree(workDir, new Visitor() {
            @Override
            FileVisitResult other(Path file) {
                found.set(true);
                return FileVisitResult.TERMINATE;
            }

            @Override
            void folder(Path folder) {}

            @Override
            void left(Path folder) {}
        });
        return found.get();
    }

    /** Has them be in {@code target} too, where the plan's files are already. Durable when it returns. */
    void keepIn(Path target) throws IOException {
        Files.walkFileTree(workDir, new Visitor() {
            @Override
            void folder(Path folder) throws IOException {
                Path copy = target.resolve(workDir.relativize(folder).toString());
                if (Files.exists(copy, LinkOption.NOFOLLOW_LINKS)) return;
                Files.createDirectory(copy);
                likeness(folder, copy);
            }

            @Override
            FileVisitResult other(Path file) throws IOException {
                keep(file, target.resolve(workDir.relativize(file).toString()));
                AgentThread.step();
                return FileVisitResult.CONTINUE;
            }

            @Override
            void left(Path folder) throws IOException {
                AtomicFiles.sync(target.resolve(workDir.relativize(folder).toString()));
            }
        });
    }

    /** Its service must be able to write there as before. */
    private static void likeness(Path folder, Path copy) throws IOException {
        PosixFileAttributes from = Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        var to = Files.getFileAttributeView(copy, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        to.setPermissions(from.permissions());
        if (!to.readAttributes().owner().equals(from.owner())) to.setOwner(from.owner());
    }

    private static void keep(Path file, Path kept) throws IOException {
        try {
            Files.createLink(kept, file);
        } catch (NoSuchFileException gone) {
            // The service has deleted it meanwhile.
        } catch (UnsupportedOperationException | FileSystemException noLinks) {
            // A file system that has none, as on some sticks.
            Files.copy(file, kept, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** Sees what is not the plan's. */
    private abstract class Visitor extends SimpleFileVisitor<Path> {
        abstract FileVisitResult other(Path file) throws IOException;

        abstract void folder(Path folder) throws IOException;

        abstract void left(Path folder) throws IOException;

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes seen) throws IOException {
            if (folder.equals(workDir)) return FileVisitResult.CONTINUE;
            if (isBesides(folder) || isReplaced(folder)) return FileVisitResult.SKIP_SUBTREE;
            folder(folder);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes seen) throws IOException {
            boolean isContent = seen.isRegularFile() || seen.isSymbolicLink();
            if (!isContent || isBesides(file) || isReplaced(file)) return FileVisitResult.CONTINUE;
            return other(file);
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException why) throws IOException {
            if (why instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
            throw why;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) throw failure;
            left(folder);
            return FileVisitResult.CONTINUE;
        }
    }

    private boolean isBesides(Path path) {
        return workDir.equals(path.getParent()) && besides.contains(String.valueOf(path.getFileName()));
    }

    /** Whether the plan has a file of that name, or a folder where a file is. */
    private boolean isReplaced(Path path) {
        String name = workDir.relativize(path).toString();
        return files.contains(name) || (folders.contains(name) && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS));
    }
}
