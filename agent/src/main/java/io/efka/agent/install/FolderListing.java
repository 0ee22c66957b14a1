package io.efka.agent.install;

import io.efka.agent.files.FileModes;
import io.efka.agent.install.Installer.InstalledFile;
import io.efka.agent.install.Installer.InstalledFiles;
import io.efka.protocol.Sha256;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** Lists what is in a work directory, within bounds: it may be anybody's, of any size. One thread, once. */
final class FolderListing {
    static final int MAX_FILES = 256;
    private static final int MAX_DEPTH = 16;

    /** A second of reading on a slow card; larger content has no sum. */
    private static final long MAX_READ = 16L << 20;

    private final Path workDir;
    private final List<InstalledFile> files = new ArrayList<>();
    private long left = MAX_READ;
    private boolean isTruncated;

    FolderListing(Path workDir) {
        this.workDir = workDir;
    }

    /** Regular files only; a link is neither listed nor followed, nor is a folder that cannot be read. */
    InstalledFiles read() throws IOException {
        Files.walkFileTree(workDir, EnumSet.noneOf(java.nio.file.FileVisitOption.class), MAX_DEPTH, visitor());
        files.sort(Comparator.comparing(InstalledFile::path));
        return new InstalledFiles(ManifestFile.text(workDir.resolve(Manifest.FILE_NAME)), files, isTruncated);
    }

    private FileVisitor<Path> visitor() {
        return new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes seen) throws IOException {
                if (!seen.isRegularFile()) return FileVisitResult.CONTINUE;
                if (files.size() == MAX_FILES) {
                    isTruncated = true;
                    return FileVisitResult.TERMINATE;
                }
                files.add(new InstalledFile(
                        workDir.relativize(file).toString(),
                        FileModes.of(file),
                        seen.size(),
                        sha256(file, seen.size())));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE;
            }
        };
    }

    private Optional<String> sha256(Path file, long size) {
        if (size > left) return Optional.empty();
        left -= size;
        try (InputStream content = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            MessageDigest digest = Sha256.newDigest();
            // No further than it was: a file that grows meanwhile has no end.
            new DigestInputStream(content, digest).readNBytes((int) size);
            return Optional.of(Sha256.of(digest).hex());
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
