package io.efka.agent.files;

import io.efka.threads.AgentThread;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Whole folders, with all that is in them. Links are never followed. Blocks for the disk. */
public final class FileTrees {
    private FileTrees() {}

    /** Deletes a folder, or a file; one that does not exist is no error. */
    public static void delete(Path folder) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) Files.walkFileTree(folder, new Deletion(true, folder));
    }

    /** Deletes what is in a folder, and keeps the folder. */
    public static void clear(Path folder) throws IOException {
        Files.walkFileTree(folder, new Deletion(false, folder));
    }

    /**
     * Syncs all files and folders below a folder, and the folder itself, so that a rename of it afterwards is durable.
     * The agent must be allowed to read them.
     */
    public static void sync(Path folder) throws IOException {
        Files.walkFileTree(folder, new Sync());
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        private final boolean withRoot;
        private final Path root;

        Deletion(boolean withRoot, Path root) {
            this.withRoot = withRoot;
            this.root = root;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            AgentThread.step();
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) throw failure;
            if (withRoot || !folder.equals(root)) Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }

    private static final class Sync extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            // A link is part of its folder.
            if (attributes.isRegularFile()) AtomicFiles.sync(file);
            AgentThread.step();
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) throw failure;
            AtomicFiles.sync(folder);
            AgentThread.step();
            return FileVisitResult.CONTINUE;
        }
    }
}
