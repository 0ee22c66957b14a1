package io.efka.agent.output.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.files.PrivateFiles;
import io.efka.protocol.RunId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream on disk: its files in order, where the kept bytes begin and where the stream ends. Only the newest file is
 * live; an older one counts up to where the next one begins. Offsets never go back, whatever happens to the files; what is
 * no regular file, or not the file that was made, is neither read nor changed. Thread-safe.
 */
public final class StreamFiles {
    private static final Logger LOG = LoggerFactory.getLogger(StreamFiles.class);
    /** What file systems give out; smaller holes free nothing. */
    public static final long BLOCK = 4096;
    /** Files of one stream at most: each takes an inode, however short it is. */
    public static final int MOST_FILES = 4096;
    /** What is not sent is given up in steps that are no larger. */
    private static final long LARGEST_STEP = 4 << 20;

    private final StreamId id;
    private final Path folder;
    private final LogDisk disk;
    private final OldestOffsetFile mark;
    private final TimeIndex times = new TimeIndex();

    @GuardedBy("this") private final List<Segment> segments = new ArrayList<>();

    @GuardedBy("this") private long oldest;

    @GuardedBy("this") private long end;

    /** No hole could be made when the stream ended here: it is not tried again before there is more to free. */
    @GuardedBy("this") private long noHolesBefore;

    /** @param floor an offset the stream had already reached, 0 for a new one */
    public StreamFiles(Path folder, StreamId id, long floor, LogDisk disk) {
        this.id = id;
        this.folder = folder;
        this.disk = disk;
        this.mark = new OldestOffsetFile(folder, id.leaf());
        this.end = floor;
        this.oldest = floor;
    }

    public StreamId id() {
        return id;
    }

    /** Finds the files of earlier agents. Called once, first. */
    public synchronized Look load() throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return Look.SAME;
        for (Path file : listed()) {
            RegularFile.at(file)
                    .flatMap(found -> Segment.parse(file, id.leaf(), found.key()))
                    .ifPresent(segments::add);
        }
        segments.sort(Comparator.comparingLong(Segment::base)
                .thenComparing(segment -> segment.run().value()));
        if (segments.isEmpty()) return Look.SAME;
        oldest = Math.max(segments.get(0).base(), mark.read());
        segments.forEach(segment -> times.note(segment.base(), segment.launched()));
        long size = Files.size(live().path());
        long written = size - live().position();
        if (written >= 0 && live().base() + written >= end) {
            end = live().base() + written;
            oldest = Math.min(oldest, end);
            return Look.SAME;
        }
        // Shorter than what was sent of it: the rest was cut off while nobody looked, and what is left was sent.
        long base = Math.max(end - size, written < 0 ? live().base() : 0);
        end = base + size;
        forgetShared();
        rebaseLive(base);
        return Look.TRUNCATED;
    }

    @GuardedBy("this") private List<Path> listed() throws IOException {
        var own = new ArrayList<Path>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (!String.valueOf(file.getFileName()).startsWith(id.leaf() + ".")) continue;
                if (RegularFile.at(file).isEmpty()) {
                    LOG.warn("stream={} {} is no regular file and is left alone", id, file);
                    continue;
                }
                narrow(file);
                own.add(file);
            }
        }
        return own;
    }

    /** Older agents made them readable for a group. */
    private void narrow(Path file) {
        try {
            if (PrivateFiles.narrow(file)) LOG.warn("stream={} other users could read {}; it is shut now", id, file);
        } catch (IOException | UnsupportedOperationException refused) {
            LOG.warn("stream={} other users may read {}: {}", id, file, refused.toString());
        }
    }

    /**
     * Begins the file of a run; nothing of the run is in it when this returns. Where no new file can be made, for want of
     * room or inodes, it is the last run's under another name, for which there is room as a rule.
     */
    public synchronized Begun begin(RunId run) throws IOException {
        look();
        RegularFile.requireFolder(folder);
        mark.reserve(oldest);
        Begun begun = !segments.isEmpty() && live().base() == end ? renameEmpty(run) : addFile(run);
        times.note(end, live().launched());
        return begun;
    }

    /** An empty file is not worth keeping; renamed, it never leaves the stream without its base on disk. */
    @GuardedBy("this") private Begun renameEmpty(RunId run) throws IOException {
        Segment old = live();
        if (!isThere(old)) {
            segments.remove(segments.size() - 1);
            return addFile(run);
        }
        Path path = Segment.path(folder, id.leaf(), end, old.position(), run);
        Files.move(old.path(), path, StandardCopyOption.ATOMIC_MOVE);
        if (segments.size() == 1) oldest = end;
        segments.set(segments.size() - 1, new Segment(end, old.position(), run, path, old.key()));
        return new Begun(path, Optional.empty());
    }

    @GuardedBy("this") private Begun addFile(RunId run) throws IOException {
        Path path = Segment.path(folder, id.leaf(), end, 0, run);
        try {
            Object key = create(path);
            if (segments.isEmpty()) oldest = end;
            segments.add(new Segment(end, 0, run, path, key));
            return new Begun(path, Optional.empty());
        } catch (IOException noRoom) {
            if (segments.isEmpty() || !isThere(live())) throw noRoom;
            return shareLive(run, noRoom);
        }
    }

    @GuardedBy("this") private Begun shareLive(RunId run, IOException noRoom) throws IOException {
        Segment old = live();
        long position = old.position() + end - old.base();
        Path path = Segment.path(folder, id.leaf(), end, position, run);
        try {
            Files.createLink(path, old.path());
        } catch (IOException | UnsupportedOperationException noLink) {
            noRoom.addSuppressed(noLink);
            throw noRoom;
        }
        segments.add(new Segment(end, position, run, path, old.key()));
        return new Begun(path, Optional.of(String.valueOf(noRoom.getMessage())));
    }

    /** Looks at how much was written since, and at what somebody else did to the live file. */
    public synchronized Look look() {
        if (segments.isEmpty() || live().key() == Segment.GONE) return Look.SAME;
        long known = end - live().base();
        Optional<RegularFile> found;
        try {
            found = RegularFile.at(live().path());
        } catch (NoSuchFileException gone) {
            if (known == 0) return Look.SAME;
            rebaseLive(end);
            return Look.DELETED;
        } catch (IOException unreadable) {
            return Look.SAME;
        }
        if (found.isEmpty() || !found.get().key().equals(live().key())) {
            replaceLive();
            return Look.REPLACED;
        }
        long written = found.get().size() - live().position();
        if (written == known) return Look.SAME;
        if (written > known) {
            end += written - known;
            return Look.GREW;
        }
        forgetShared();
        rebaseLive(end);
        end += found.get().size();
        return Look.TRUNCATED;
    }

    public TimeIndex times() {
        return times;
    }

    synchronized Optional<Segment> newest() {
        return segments.isEmpty() ? Optional.empty() : Optional.of(live());
    }

    public synchronized long oldest() {
        return oldest;
    }

    public synchronized long end() {
        return end;
    }

    /** Every file, oldest first. */
    synchronized List<Segment> segments() {
        return List.copyOf(segments);
    }

    /** What there is at {@code offset} or, where that is not kept, next behind it; empty at the stream's end. */
    public synchronized Optional<Extent> locate(long offset) {
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
     * Frees the oldest bytes: of those before {@code sent} what is more than {@code keep}, of those behind it what is more
     * than {@code backlog}, and a part of either more: a hole costs a process, and so does not have to be made for every
     * line. A byte that was not sent is never freed for {@code keep}.
     */
    public synchronized Freed trim(long sent, long keep, long backlog) {
        long border = Math.max(oldest, Math.min(sent, end));
        long rounding = 2 * BLOCK * segments.size();
        boolean isSmall = border - oldest + rounding <= keep && end - border + rounding <= backlog;
        if (isSmall && segments.size() <= MOST_FILES) return Freed.NOTHING;
        long unsentExcess = used(border, end) - backlog;
        if (unsentExcess > 0) {
            long step = Math.max(BLOCK, Math.min(LARGEST_STEP, backlog / 4));
            return freeTo(behind(border, unsentExcess + step), end, true);
        }
        if (segments.size() > MOST_FILES) {
            return freeTo(
                    segments.get(segments.size() - MOST_FILES + MOST_FILES / 16).base(), end, true);
        }
        long sentExcess = used(oldest, border) - keep;
        if (sentExcess <= 0) return Freed.NOTHING;
        return freeTo(Math.min(border, behind(oldest, sentExcess + Math.max(BLOCK, keep / 4))), border, false);
    }

    /** Knows of no file any more; those that there are get deleted with their folder. */
    synchronized void forget() {
        segments.clear();
    }

    /** The offset that lies so many bytes of disk space behind another one; the end at most. */
    @GuardedBy("this") private long behind(long offset, long bytes) {
        long left = bytes;
        for (int i = 0; i < segments.size(); i++) {
            long from = Math.max(offset, segments.get(i).base());
            if (from >= endOf(i)) continue;
            long here = used(i, from, endOf(i));
            if (here > left) return Math.min(endOf(i), from + left);
            left -= here;
        }
        return end;
    }

    /**
     * Frees what lies before {@code target}, as far as blocks and files allow; nothing from {@code limit} on.
     *
     * @param unsentToo whether bytes may be freed that were not sent
     */
    @GuardedBy("this") private Freed freeTo(long target, long limit, boolean unsentToo) {
        Freed freed = Freed.NOTHING;
        while (segments.size() > 1 && endOf(0) <= target) {
            dropFirst();
            freed = Freed.OLDEST;
        }
        Segment first = segments.get(0);
        long hole = (target - first.base() + first.position()) / BLOCK * BLOCK;
        long freedTo = first.base() - first.position() + hole;
        if (freedTo <= Math.max(oldest, first.base()) || (limit < end && end < noHolesBefore)) return freed;
        if (!isThere(first)) return freed;
        mark.write(freedTo);
        if (disk.holes().punch(first.path(), hole)) {
            oldest = freedTo;
            return Freed.OLDEST;
        }
        mark.write(oldest);
        if (segments.size() > 1 && endOf(0) <= limit) {
            dropFirst();
            return Freed.OLDEST;
        }
        if (segments.size() == 1 && limit == end) return truncateLive(unsentToo);
        noHolesBefore = end + hole / 4;
        return freed;
    }

    /** What is written between the look and the cut is lost and cannot be counted: some microseconds' worth. */
    @GuardedBy("this") private Freed truncateLive(boolean unsentToo) {
        long known = end;
        look();
        // Written since the last look, and so not sent: that is only given up where what is not sent is too much.
        if (end > known && !unsentToo) return Freed.NOTHING;
        if (!isThere(live())) return Freed.NOTHING;
        try (FileChannel channel =
                FileChannel.open(live().path(), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            channel.truncate(0);
        } catch (IOException notFreed) {
            return Freed.NOTHING;
        }
        forgetShared();
        rebaseLive(end);
        oldest = end;
        mark.write(oldest);
        return Freed.TRUNCATED;
    }

    @GuardedBy("this") private void dropFirst() {
        Segment first = segments.remove(0);
        Segment next = segments.get(0);
        oldest = Math.max(oldest, next.base());
        mark.write(oldest);
        if (!isThere(first)) return;
        // The same file under another name goes on: only a hole gives its blocks back.
        long shared = next.key().equals(first.key()) ? next.position() / BLOCK * BLOCK : 0;
        if (shared > 0) disk.holes().punch(first.path(), shared);
        try {
            Files.deleteIfExists(first.path());
        } catch (IOException leftForLater) {
            // It is found again, below the mark and thus the first to go, when the agent starts the next time.
        }
    }

    /** Whether a segment's own file is at its path, in a real folder. */
    private boolean isThere(Segment segment) {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return false;
        try {
            return RegularFile.at(segment.path())
                    .filter(found -> found.key().equals(segment.key()))
                    .isPresent();
        } catch (IOException gone) {
            return false;
        }
    }

    /** Says, in its name, that the live file's position 0 is another offset now. Its writers do not notice. */
    @GuardedBy("this") private void rebaseLive(long base) {
        Segment old = segments.remove(segments.size() - 1);
        Path path = Segment.path(folder, id.leaf(), base, 0, old.run());
        Object key = Segment.GONE;
        try {
            RegularFile.requireFolder(folder);
            if (isThere(old)) {
                Files.move(old.path(), path, StandardCopyOption.ATOMIC_MOVE);
                key = old.key();
            } else {
                key = create(path);
            }
        } catch (IOException notThere) {
            LOG.warn("stream={} its file cannot be made anew: {}", id, notThere.toString());
        }
        segments.add(new Segment(base, 0, old.run(), path, key));
        if (segments.size() == 1) oldest = Math.max(oldest, base);
    }

    /** What stood in the live file under its earlier names was cut off with it. */
    @GuardedBy("this") private void forgetShared() {
        for (Segment segment : List.copyOf(segments)) {
            if (segment == live() || !segment.key().equals(live().key())) continue;
            segments.remove(segment);
            try {
                if (isThere(segment)) Files.deleteIfExists(segment.path());
            } catch (IOException left) {
                LOG.warn("stream={} {} could not be removed: {}", id, segment.path(), left.toString());
            }
        }
    }

    /** Something else lies where the live file was: it is put aside, and an empty file begun. */
    @GuardedBy("this") private void replaceLive() {
        Segment old = segments.remove(segments.size() - 1);
        Path path = Segment.path(folder, id.leaf(), end, 0, old.run());
        Object key = Segment.GONE;
        try {
            RegularFile.requireFolder(folder);
            Files.move(
                    old.path(),
                    old.path().resolveSibling(old.path().getFileName() + Segment.REPLACED),
                    StandardCopyOption.ATOMIC_MOVE);
            key = create(path);
        } catch (IOException notThere) {
            LOG.warn("stream={} its file cannot be made anew: {}", id, notThere.toString());
        }
        segments.add(new Segment(end, 0, old.run(), path, key));
        if (segments.size() == 1) oldest = Math.max(oldest, end);
    }

    private Object create(Path file) throws IOException {
        try {
            disk.newFile().make(file);
        } catch (FileAlreadyExistsException e) {
            if (RegularFile.at(file).filter(found -> found.size() == 0).isEmpty()) throw e;
        }
        return RegularFile.at(file)
                .orElseThrow(() -> new IOException(file + " is no regular file"))
                .key();
    }

    @GuardedBy("this") private Segment live() {
        return segments.get(segments.size() - 1);
    }

    @GuardedBy("this") private long endOf(int index) {
        return index == segments.size() - 1 ? end : segments.get(index + 1).base();
    }

    /** Disk space of the bytes between two offsets. */
    @GuardedBy("this") private long used(long from, long to) {
        long used = 0;
        for (int i = 0; i < segments.size(); i++) {
            long begin = Math.max(Math.max(from, oldest), segments.get(i).base());
            used += used(i, begin, Math.min(to, endOf(i)));
        }
        return used;
    }

    /** In whole blocks: a thousand runs of ten bytes are not ten thousand bytes. */
    @GuardedBy("this") private long used(int index, long from, long to) {
        if (to <= from) return 0;
        long shift = segments.get(index).position() - segments.get(index).base();
        return (to + shift + BLOCK - 1) / BLOCK * BLOCK - (from + shift) / BLOCK * BLOCK;
    }

    /**
     * A file that a run may write to.
     *
     * @param shared why it is the last run's file, if it is
     */
    public record Begun(Path path, Optional<String> shared) {}

    /** What a look found. */
    public enum Look {
        SAME,
        GREW,
        /** Somebody made it shorter: what is in it now counts as new, behind everything that was known. */
        TRUNCATED,
        /** Somebody removed it: what the run writes from now on is lost, the next run's output is not. */
        DELETED,
        /** Somebody put something else in its place: as if it had been removed. */
        REPLACED
    }

    /** What a trim did. */
    public enum Freed {
        NOTHING,
        OLDEST,
        /** No hole could be made; everything that was kept is gone. */
        TRUNCATED
    }
}
