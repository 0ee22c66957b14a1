package io.efka.fleet.artifact;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * Packs a folder as a {@code tar.gz} that depends on nothing but its files: names in order, no times, no owners, and of the
 * modes only whether a file is executable. So the same files are the same artifact, whoever packs them.
 */
public final class FolderArchive {
    private static final int EXECUTABLE = 0755;
    private static final int FILE = 0644;

    private static final FileTime EPOCH = FileTime.fromMillis(0);

    private FolderArchive() {}

    /**
     * Packs a folder.
     *
     * @param named the folder, or a link to it
     * @throws IOException also if the folder has anything but files, folders and links
     */
    public static void pack(Path named, Path archive) throws IOException {
        Path folder = named.toRealPath(); // of a link itself there would be nothing to pack
        var parameters = new GzipParameters();
        parameters.setCompressionLevel(Deflater.BEST_COMPRESSION);
        parameters.setModificationTime(0);
        try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(archive));
                var gzip = new GzipCompressorOutputStream(file, parameters);
                var tar = new TarArchiveOutputStream(gzip, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            for (Path path : entries(folder)) add(tar, folder, path);
        }
    }

    /** Ordered by their names as they stand in the archive, on every machine alike. */
    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> !path.equals(folder))
                    .sorted((a, b) -> name(folder, a).compareTo(name(folder, b)))
                    .toList();
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e); // such as a folder that may not be read
        }
    }

    private static String name(Path folder, Path path) {
        return folder.relativize(path).toString();
    }

    private static void add(TarArchiveOutputStream tar, Path folder, Path path) throws IOException {
        String name = name(folder, path);
        FileNames.requireUtf8(name, path);
        if (Files.isSymbolicLink(path)) {
            var link = new TarArchiveEntry(name, TarArchiveEntry.LF_SYMLINK);
            String target = Files.readSymbolicLink(path).toString();
            FileNames.requireUtf8(target, path);
            link.setLinkName(target);
            put(tar, link);
        } else if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            var entry = new TarArchiveEntry(name + "/");
            entry.setMode(EXECUTABLE);
            put(tar, entry);
        } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            var entry = new TarArchiveEntry(name);
            entry.setMode(Files.isExecutable(path) ? EXECUTABLE : FILE);
            entry.setSize(Files.size(path));
            entry.setLastModifiedTime(EPOCH);
            tar.putArchiveEntry(entry);
            Files.copy(path, tar);
            tar.closeArchiveEntry();
        } else {
            throw new IOException(path + " is neither a file, a folder nor a link");
        }
    }

    private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry) throws IOException {
        entry.setLastModifiedTime(EPOCH);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }
}
