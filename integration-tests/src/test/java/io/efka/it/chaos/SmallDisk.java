package io.efka.it.chaos;

import io.efka.it.Shell;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of a few megabytes that can be filled to the last byte. Only root may make one. */
final class SmallDisk implements AutoCloseable {
    private static final String SIZE = "64m";

    private final Path folder;
    private final boolean mounted;

    private SmallDisk(Path folder, boolean mounted) {
        this.folder = folder;
        this.mounted = mounted;
    }

    /** At a folder that exists; where it cannot be had the folder stays what it is, and says so. */
    static SmallDisk at(Path folder) {
        boolean mounted = Shell.run("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "efka-chaos", folder.toString())
                        .code()
                == 0;
        if (!mounted) System.out.println("[chaos] NO FULL DISK IN THIS RUN: a tmpfs can be mounted by root only");
        return new SmallDisk(folder, mounted);
    }

    boolean canBeFilled() {
        return mounted;
    }

    Path folder() {
        return folder;
    }

    /** Takes every byte there is. */
    void fill() {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler())) {
            while (true) out.write(block);
        } catch (IOException full) {
            // That is what was wanted.
        }
    }

    void free() {
        try {
            Files.deleteIfExists(filler());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path filler() {
        return folder.resolve("filler");
    }

    @Override
    public void close() {
        if (mounted) Shell.run("umount", "-l", folder.toString());
    }
}
