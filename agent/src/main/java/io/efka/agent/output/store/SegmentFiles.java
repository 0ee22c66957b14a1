package io.efka.agent.output.store;

import io.efka.agent.files.PrivateFiles;
import io.efka.protocol.RunId;
import io.efka.words.FileFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one stream in its folder. Reads and changes only regular files that it created or found. Stateless;
 * {@link StreamFiles} calls it under its lock, so that names and offsets change together.
 */
final class SegmentFiles {
    private static final Logger LOG = LoggerFactory.getLogger(StreamFiles.class);

    private final StreamId id;
    private final Path folder;
    private final LogDisk disk;

    SegmentFiles(Path folder, StreamId id, LogDisk disk) {
        this.folder = folder;
        this.id = id;
        this.disk = disk;
    }

    /** The stream's segments as earlier agents left them, oldest first. */
    List<Segment> find() throws IOException {
        var found = new ArrayList<Segment>();
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return found;
        for (Path file : list()) {
            RegularFile.at(file)
                    .flatMap(regular -> Segment.parse(file, id.leaf(), regular.key()))
                    .ifPresent(found::add);
        }
        found.sort(Comparator.comparingLong(Segment::base)
                .thenComparing(segment -> segment.run().value()));
        return found;
    }

    private List<Path> list() throws IOException {
        var own = new ArrayList<Path>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (!String.valueOf(file.getFileName()).startsWith(id.leaf() + ".")) continue;
                if (RegularFile.at(file).isEmpty()) {
                    LOG.warn("stream={} {} is not a regular file and is left alone", id, file);
                    continue;
                }
                narrow(file);
                own.add(file);
            }
        }
        return own;
    }

    /** Earlier releases created files that a group could read. */
    private void narrow(Path file) {
        try {
            if (PrivateFiles.narrow(file)) LOG.warn("stream={} other users could read {}; it is private now", id, file);
        } catch (IOException | UnsupportedOperationException refused) {
            LOG.warn("stream={} other users may read {}: {}", id, file, FileFailure.words(refused));
        }
    }

    /** When the segment's file was last written to, or bytes in it were freed; empty if it cannot be said. */
    Optional<Instant> lastWritten(Segment segment) {
        try {
            return Optional.of(Files.getLastModifiedTime(segment.path(), LinkOption.NOFOLLOW_LINKS)
                    .toInstant());
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** Whether a segment's own file is at its path, in a folder that is not a link. */
    boolean exists(Segment segment) {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return false;
        try {
            return RegularFile.at(segment.path())
                    .filter(found -> found.key().equals(segment.key()))
                    .isPresent();
        } catch (IOException gone) {
            return false;
        }
    }

    /** A segment with an empty file of its own. */
    Segment create(long base, RunId run) throws IOException {
        Path path = Segment.path(folder, id.leaf(), base, 0, run);
        return new Segment(base, 0, run, path, create(path));
    }

    private Object create(Path file) throws IOException {
        try {
            disk.newFile().make(file);
        } catch (FileAlreadyExistsException e) {
            if (RegularFile.at(file).filter(found -> found.size() == 0).isEmpty()) throw e;
        }
        return RegularFile.at(file)
                .orElseThrow(() -> new IOException(file + " is not a regular file"))
                .key();
    }

    /** The same file under another name. */
    Segment rename(Segment old, long base, long position, RunId run) throws IOException {
        Path path = Segment.path(folder, id.leaf(), base, position, run);
        Files.move(old.path(), path, StandardCopyOption.ATOMIC_MOVE);
        return new Segment(base, position, run, path, old.key());
    }

    /** The same file under a second name, which usually needs neither an inode nor a block. */
    Segment link(Segment old, long base, long position, RunId run) throws IOException {
        Path path = Segment.path(folder, id.leaf(), base, position, run);
        try {
            Files.createLink(path, old.path());
        } catch (UnsupportedOperationException noLinks) {
            throw new IOException(noLinks);
        }
        return new Segment(base, position, run, path, old.key());
    }

    /** Renames the file, because its position 0 has another offset now; creates a file if there is none. */
    Segment rebase(Segment old, long base) {
        try {
            RegularFile.requireFolder(folder);
            return exists(old) ? rename(old, base, 0, old.run()) : create(base, old.run());
        } catch (IOException failed) {
            return missing(old, base, failed);
        }
    }

    /** Renames what is in place of the segment's file, and creates an empty file. */
    Segment replace(Segment old, long base) {
        try {
            RegularFile.requireFolder(folder);
            Path aside = old.path().resolveSibling(old.path().getFileName() + Segment.REPLACED);
            Files.move(old.path(), aside, StandardCopyOption.ATOMIC_MOVE);
            return create(base, old.run());
        } catch (IOException failed) {
            return missing(old, base, failed);
        }
    }

    private Segment missing(Segment old, long base, IOException why) {
        LOG.warn("stream={} its file cannot be created again: {}", id, FileFailure.words(why));
        return new Segment(base, 0, old.run(), Segment.path(folder, id.leaf(), base, 0, old.run()), Segment.GONE);
    }

    /** Empties the file; returns whether that worked. */
    boolean truncate(Segment segment) {
        if (!exists(segment)) return false;
        try (FileChannel channel =
                FileChannel.open(segment.path(), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            channel.truncate(0);
            return true;
        } catch (IOException notFreed) {
            return false;
        }
    }

    /** Frees the first bytes of the file; false if the file system cannot do that. */
    boolean punch(Segment segment, long bytes) {
        return disk.holes().punch(segment.path(), bytes);
    }

    /** Deletes a segment's file, unless another file is in its place. */
    void delete(Segment segment) {
        if (!exists(segment)) return;
        try {
            Files.deleteIfExists(segment.path());
        } catch (IOException left) {
            // The next agent finds it below the oldest offset, and frees it first.
            LOG.warn("stream={} {} could not be removed: {}", id, segment.path(), FileFailure.words(left));
        }
    }
}
