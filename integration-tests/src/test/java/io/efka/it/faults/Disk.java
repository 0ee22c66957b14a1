package io.efka.it.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.efka.it.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A small disk of its own that can be filled and made read-only, mounted over a folder. Needs root. */
final class Disk implements AutoCloseable {
    private static final int BLOCK = 4096;

    private final Path folder;

    private Disk(Path folder) {
        this.folder = folder;
    }

    /** In memory. */
    static Disk tmpfs(Path folder, String size) {
        requireRoot();
        Shell.run(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=" + size,
                        "efka-fault",
                        make(folder).toString())
                .ok();
        return new Disk(folder);
    }

    /** An ext4 file system in a file, which knows what the kernel does when a disk fails. */
    static Disk ext4(Path image, Path folder) {
        requireRoot();
        Shell.run("truncate", "-s", "16M", image.toString()).ok();
        Shell.run("mkfs.ext4", "-q", image.toString()).ok();
        Disk disk = new Disk(make(folder));
        disk.mount(image);
        return disk;
    }

    private static void requireRoot() {
        boolean isRoot = System.getProperty("user.name").equals("root");
        if (!isRoot) System.out.println("[faults] NOT TRIED: disks can only be mounted by root");
        assumeTrue(isRoot, "disks can only be mounted by root");
    }

    private static Path make(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void mount(Path image) {
        Shell.Result mounted = Shell.run("mount", "-o", "loop", image.toString(), folder.toString());
        if (mounted.code() != 0) System.out.println("[faults] NOT TRIED: no loop device: " + mounted.err());
        assumeTrue(mounted.code() == 0, "no loop device");
    }

    /** Leaves not one free byte; returns what to delete to have room again. */
    Path fill() {
        Path filler = folder.resolve("filler");
        byte[] block = new byte[BLOCK];
        Arrays.fill(block, (byte) 'x');
        try (var out = Files.newOutputStream(filler)) {
            while (true) out.write(block);
        } catch (IOException full) {
            return filler;
        }
    }

    /** What the kernel does by itself when the disk fails: whatever is open, nothing can be written any more. */
    void breakDown() {
        Shell.run("mount", "-o", "remount,abort", folder.toString()).ok();
    }

    void makeReadOnly() {
        Shell.run("mount", "-o", "remount,ro", folder.toString()).ok();
    }

    void unmount() {
        // Lazily: a service may still have its work directory there.
        Shell.run("umount", "-l", folder.toString());
    }

    @Override
    public void close() {
        unmount();
    }
}
