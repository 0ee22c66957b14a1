package io.efka.agent.output;

import io.efka.agent.service.RunId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One stream on disk: its files in order, where the kept bytes begin and where the stream ends. Only the newest file is
 * live; an older one counts up to where the next one begins. Offsets never go back, whatever happens to the files.
 * Thread-safe.
 */
final class StreamFiles {
    /** What file systems give out; smaller holes free nothing. */
    static final long BLOCK = 4096;

    /** What services print may be confidential. */
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_WRITES =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));

    private final StreamId id;
    private final Path folder;
    private final Holes holes;
    private final OldestMark mark;
    private final TimeMarks times = new TimeMarks();
    private final List<Segment> segments = new ArrayList<>();
    private long oldest;
    private long end;

    /** @param floor an offset the stream had already reached, 0 for a new one */
    StreamFiles(Path folder, StreamId id, long floor, Holes holes) {
        this.id = id;
        this.folder = folder;
        this.holes = holes;
        this.mark = new OldestMark(folder, id.leaf());
        this.end = floor;
        this.oldest = floor;
    }

    StreamId id() {
        return id;
    }

    /** Finds the files of earlier agents. Called once, first. */
    synchronized Look load() throws IOException {
        if (!Files.isDirectory(folder)) return Look.SAME;
        try (Stream<Path> files = Files.list(folder)) {
            files.flatMap(file -> Segment.parse(file, id.leaf()).stream())
                    .sorted(Comparator.comparingLong(Segment::base)
                            .thenComparing(segment -> segment.run().value()))
                    .forEach(segments::add);
        }
        if (segments.isEmpty()) return Look.SAME;
        oldest = Math.max(segments.get(0).base(), mark.read());
        segments.forEach(segment -> times.note(segment.base(), segment.launched()));
        long size = Files.size(live().path());
        if (live().base() + size >= end) {
            end = live().base() + size;
            oldest = Math.min(oldest, end);
            return Look.SAME;
        }
        // Shorter than what was sent of it: the rest was cut off while nobody looked, and what is left was sent.
        rebaseLive(end - size);
        return Look.TRUNCATED;
    }

    /** Begins the file of a run, which is empty when this returns. */
    synchronized Path begin(RunId run) throws IOException {
        look();
        if (!Files.isDirectory(folder)) Files.createDirectories(folder);
        mark.reserve(oldest);
        Segment next = Segment.named(folder, id.leaf(), end, run);
        if (!segments.isEmpty() && live().base() == end) {
            // An empty file is not worth keeping; renamed, it never leaves the stream without its base on disk.
            moveOrCreate(live().path(), next.path());
            segments.remove(segments.size() - 1);
        } else {
            create(next.path());
        }
        if (segments.isEmpty()) oldest = end;
        segments.add(next);
        times.note(end, next.launched());
        return next.path();
    }

    /** Looks at how much was written since, and at what somebody else did to the live file. */
    synchronized Look look() {
        if (segments.isEmpty()) return Look.SAME;
        long known = end - live().base();
        long size;
        try {
            size = Files.size(live().path());
        } catch (NoSuchFileException gone) {
            if (known == 0) return Look.SAME;
            rebaseLive(end);
            return Look.DELETED;
        } catch (IOException unreadable) {
            return Look.SAME;
        }
        if (size == known) return Look.SAME;
        if (size > known) {
            end += size - known;
            return Look.GREW;
        }
        rebaseLive(end);
        end += size;
        return Look.TRUNCATED;
    }

    TimeMarks times() {
        return times;
    }

    synchronized Optional<Segment> newest() {
        return segments.isEmpty() ? Optional.empty() : Optional.of(live());
    }

    synchronized long oldest() {
        return oldest;
    }

    synchronized long end() {
        return end;
    }

    /** Every file, oldest first. */
    synchronized List<Segment> segments() {
        return List.copyOf(segments);
    }

    /** What there is at {@code offset} or, where that is not kept, next behind it; empty at the stream's end. */
    synchronized Optional<Extent> locate(long offset) {
        long from = Math.max(offset, oldest);
        for (int i = segments.size() - 1; i >= 0; i--) {
            Segment segment = segments.get(i);
            if (segment.base() > from && i > 0) continue;
            from = Math.max(from, segment.base());
            if (from >= endOf(i)) return Optional.empty();
            return Optional.of(new Extent(segment, from, endOf(i), i == segments.size() - 1));
        }
        return Optional.empty();
    }

    /**
     * Frees the oldest bytes once there are more than {@code keep} of them, a quarter of it at a time: a hole costs a
     * process, and so does not have to be made for every line.
     */
    synchronized Freed trim(long keep) {
        long used = 0;
        for (int i = 0; i < segments.size(); i++) used += held(i);
        if (used <= keep) return Freed.NOTHING;
        long excess = used - keep + Math.max(keep / 4, BLOCK);
        while (segments.size() > 1 && held(0) <= excess) {
            excess -= held(0);
            dropFirst();
        }
        if (excess < BLOCK) return Freed.OLDEST;
        return punch(excess);
    }

    /** Removes every file. */
    synchronized void delete() throws IOException {
        for (Segment segment : segments) Files.deleteIfExists(segment.path());
        segments.clear();
        mark.delete();
    }

    private Freed punch(long excess) {
        Segment first = segments.get(0);
        long hole = Math.max(oldest, first.base()) - first.base() + excess;
        hole = Math.min(hole, endOf(0) - first.base()) / BLOCK * BLOCK;
        if (first.base() + hole <= oldest) return Freed.NOTHING;
        long freedTo = first.base() + hole;
        mark.write(freedTo);
        if (holes.punch(first.path(), hole)) {
            oldest = freedTo;
            return Freed.OLDEST;
        }
        if (segments.size() > 1) {
            dropFirst();
            return Freed.OLDEST;
        }
        return truncateLive();
    }

    /** What is written between the look and the cut is lost and cannot be counted: some microseconds' worth. */
    private Freed truncateLive() {
        look();
        try (FileChannel channel = FileChannel.open(live().path(), StandardOpenOption.WRITE)) {
            channel.truncate(0);
        } catch (IOException notFreed) {
            mark.write(oldest);
            return Freed.NOTHING;
        }
        rebaseLive(end);
        oldest = end;
        mark.write(oldest);
        return Freed.TRUNCATED;
    }

    private void dropFirst() {
        oldest = segments.get(1).base();
        mark.write(oldest);
        try {
            Files.deleteIfExists(segments.remove(0).path());
        } catch (IOException leftForLater) {
            // It is found again, below the mark and thus the first to go, when the agent starts the next time.
        }
    }

    /** Says, in its name, that the live file's position 0 is another offset now. Its writers do not notice. */
    private void rebaseLive(long base) {
        Segment old = segments.remove(segments.size() - 1);
        Segment renamed = Segment.named(folder, id.leaf(), base, old.run());
        segments.add(renamed);
        try {
            Files.createDirectories(folder);
            moveOrCreate(old.path(), renamed.path());
        } catch (IOException notThere) {
            // Looked at again at the next event: a missing file reads as an empty one.
        }
        if (segments.size() == 1) oldest = Math.max(oldest, base);
    }

    private static void moveOrCreate(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException gone) {
            create(to);
        }
    }

    private static void create(Path file) throws IOException {
        try {
            Files.createFile(file, OWNER_WRITES);
        } catch (FileAlreadyExistsException e) {
            if (Files.size(file) > 0) throw e;
        }
    }

    private Segment live() {
        return segments.get(segments.size() - 1);
    }

    private long endOf(int index) {
        return index == segments.size() - 1 ? end : segments.get(index + 1).base();
    }

    /** Disk space of a file, in whole blocks: a thousand runs of ten bytes are not ten thousand bytes. */
    private long held(int index) {
        long first = segments.get(index).base();
        long hole = Math.max(0, oldest - first) / BLOCK * BLOCK;
        long length = endOf(index) - first;
        return Math.max(0, (length + BLOCK - 1) / BLOCK * BLOCK - hole);
    }

    /** What a look found. */
    enum Look {
        SAME,
        GREW,
        /** Somebody made it shorter: what is in it now counts as new, behind everything that was known. */
        TRUNCATED,
        /** Somebody removed it: what the run writes from now on is lost, the next run's output is not. */
        DELETED
    }

    /** What a trim did. */
    enum Freed {
        NOTHING,
        OLDEST,
        /** No hole could be made; everything that was kept is gone. */
        TRUNCATED
    }
}
