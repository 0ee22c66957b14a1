package io.efka.agent.output.store;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * What the log folder's file system can do.
 *
 * @param newFile makes an empty file
 * @param free bytes that can be written now; empty if nobody knows
 */
public record LogDisk(HolePuncher holes, NewFile newFile, Supplier<OptionalLong> free) {

    /** Gives the beginning of a file back to the file system without moving what follows it. Thread-safe. */
    public interface HolePuncher {

        /**
         * Frees the first bytes of a file that others may be appending to; its size stays. Blocks for the file system.
         *
         * @param length a multiple of the file system's block
         * @return false if it cannot be done here
         */
        boolean punch(Path file, long length);
    }

    public interface NewFile {
        /** Fails where something is already, and where there is no room. */
        void make(Path file) throws IOException;
    }

    public static LogDisk of(Path folder) {
        return new LogDisk(new FallocateHolePuncher(), LogDisk::makeFile, () -> freeIn(folder.toFile()));
    }

    public static void makeFile(Path file) throws IOException {
        Files.createFile(file, RegularFile.PRIVATE);
    }

    private static OptionalLong freeIn(File folder) {
        // Zero is also what is said where nothing can be found out.
        return folder.getTotalSpace() > 0 ? OptionalLong.of(folder.getUsableSpace()) : OptionalLong.empty();
    }
}
