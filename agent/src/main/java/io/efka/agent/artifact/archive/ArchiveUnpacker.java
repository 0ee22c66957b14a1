package io.efka.agent.artifact.archive;

import io.efka.agent.files.FileTrees;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Unpacks archives: tar, tar.gz, tar.xz and zip, told by their content. Thread-safe. */
public final class ArchiveUnpacker {
    private static final int[] GZIP = {0x1f, 0x8b};
    private static final int[] XZ = {0xfd, '7', 'z', 'X', 'Z', 0};
    private static final int[] ZIP = {'P', 'K', 3, 4};
    private static final int[] EMPTY_ZIP = {'P', 'K', 5, 6};
    private static final int MAGIC = 6;
    private static final int BUFFER = 64 * 1024;

    private ArchiveUnpacker() {}

    /**
     * Unpacks an archive. Everything is synced when it returns, so that a rename of the folder afterwards is durable.
     * Files and folders belong to the agent's user. They have the permissions of the archive, but the owner may always
     * read and write them; files have the archive's times. The folder itself keeps its permissions. Blocks, for as long as the disk needs; needs less than 2 MiB
     * of memory, and 17 MiB more for xz, so a device should unpack one archive at a time.
     *
     * @param archive a regular file
     * @param folder exists, is empty, and can be changed by nobody but the agent until this method returns
     * @param isCancelled asked often; called by the same thread
     * @throws BadArchiveException if the archive is damaged or has what is never unpacked; the folder is empty again
     * @throws IOException if the disk fails or is full; the folder is empty again, unless that failed too
     * @throws CancellationException if it was cancelled; the folder is empty again
     */
    public static Unpacked unpack(Path archive, Path folder, UnpackLimits limits, BooleanSupplier isCancelled)
            throws IOException {
        requireEmpty(folder);
        try {
            return unpackInto(archive, folder, limits, isCancelled);
        } catch (IOException | RuntimeException e) {
            clear(folder, e);
            throw e;
        }
    }

    private static void requireEmpty(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IllegalArgumentException(folder + " must be a folder, and no link");
        }
        try (Stream<Path> content = Files.list(folder)) {
            if (content.findAny().isPresent()) throw new IllegalArgumentException(folder + " must be empty");
        }
    }

    private static void clear(Path folder, Exception problem) {
        try {
            FileTrees.clear(folder);
        } catch (IOException e) {
            problem.addSuppressed(e);
        }
    }

    private static Unpacked unpackInto(Path archive, Path folder, UnpackLimits limits, BooleanSupplier isCancelled)
            throws IOException {
        try (var file = new ArchiveFile(archive, isCancelled)) {
            var budget = new UnpackBudget(limits, file.size());
            var target = new UnpackedFolder(folder, budget, file::step);
            byte[] magic = file.read(0, (int) Math.min(MAGIC, file.size()));
            if (begins(magic, ZIP) || begins(magic, EMPTY_ZIP)) {
                new ZipReader(file, budget, target).read();
            } else {
                try (InputStream tar = decompressed(magic, file)) {
                    var counted = new CountedInput(tar, budget);
                    new TarReader(new BufferedInputStream(counted, BUFFER), budget, target).read();
                }
            }
            return target.finish();
        }
    }

    private static InputStream decompressed(byte[] magic, ArchiveFile file) throws IOException {
        InputStream all = file.range(0, file.size());
        if (begins(magic, GZIP)) return new GzipInput(all);
        if (begins(magic, XZ)) return new XzInput(new BufferedInputStream(all));
        return all;
    }

    private static boolean begins(byte[] bytes, int[] magic) {
        if (bytes.length < magic.length) return false;
        for (int i = 0; i < magic.length; i++) if ((bytes[i] & 0xff) != magic[i]) return false;
        return true;
    }
}
