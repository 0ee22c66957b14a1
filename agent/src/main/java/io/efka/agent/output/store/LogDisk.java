package io.efka.agent.output.store;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The file system of the log folder.
 *
 * @param newFile creates an empty file
 * @param free bytes that can be written now; empty if unknown
 */
public record LogDisk(HolePuncher holes, NewFile newFile, Supplier<OptionalLong> free) {

    /** Frees the disk space of the beginning of a file without moving the rest. Thread-safe. */
    public interface HolePuncher {

        /**
         * Frees the first bytes of a file that others may append to; its size stays the same. Blocks for the file
         * system.
         *
         * @param length a multiple of the file system's block
         * @return false if the file system cannot do it
         */
        boolean punch(Path file, long length);
    }

    public interface NewFile {
        /** Fails if the path exists, or if there is no room. */
        void make(Path file) throws IOException;
    }

    public static LogDisk of(Path folder) {
        return new LogDisk(new FallocateHolePuncher(), LogDisk::makeFile, () -> freeIn(folder.toFile()));
    }

    public static void makeFile(Path file) throws IOException {
        Files.createFile(file, RegularFile.PRIVATE);
    }

    private static OptionalLong freeIn(File folder) {
        // Zero can also mean that the value is unknown.
        return folder.getTotalSpace() > 0 ? OptionalLong.of(folder.getUsableSpace()) : OptionalLong.empty();
    }
}
