package io.efka.agent.output.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.output.store.Segment.Extent;
import io.efka.protocol.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One stream on disk: follows its files, begins the file of each run, and frees what need not be kept. Only the newest
 * file grows; an older one ends where the next one begins. Offsets never go back, whatever happens to the files.
 *
 * <p>Thread-safe. It holds its lock during I/O: a file's name contains its offset, so other threads must see both
 * change together.
 */
public final class StreamFiles {
    /** The block of common file systems; smaller holes free nothing. */
    public static final long BLOCK = 4096;
    /** The most files of one stream: each needs an inode, however short it is. */
    public static final int MOST_FILES = 4096;
    /** Unsent output is freed in steps of this size at most. */
    private static final long LARGEST_STEP = 4 << 20;

    private final StreamId id;
    private final Path folder;
    private final SegmentFiles files;
    private final OldestOffsetFile oldestFile;
    private final TimeIndex times = new TimeIndex();

    @GuardedBy("this") private final StreamLayout layout;

    /** The end of the stream when no hole could be punched: it tries again when there is more to free. */
    @GuardedBy("this") private long noHolesBefore;

    /** @param floor an offset that the stream has reached already; 0 for a new one */
    public StreamFiles(Path folder, StreamId id, long floor, LogDisk disk) {
        this.id = id;
        this.folder = folder;
        this.files = new SegmentFiles(folder, id, disk);
        this.oldestFile = new OldestOffsetFile(folder, id.leaf());
        this.layout = new StreamLayout(floor);
    }

    public StreamId id() {
        return id;
    }

    /** Finds the files of earlier agents. To be called once, first. */
    public synchronized Look load() throws IOException {
        List<Segment> found = files.find();
        long recorded = oldestFile.read();
        // Unsent bytes may have been freed: then the oldest kept offset lies behind the sent one.
        layout.setEnd(Math.max(layout.end(), recorded));
        if (found.isEmpty()) {
            layout.setOldest(layout.end());
            return Look.SAME;
        }
        layout.load(found, Math.max(found.get(0).base(), recorded));
        Look look = loadEnd();
        noteTimes(found);
        return look;
    }

    @GuardedBy("this") private Look loadEnd() throws IOException {
        Segment live = layout.live();
        long size = Files.size(live.path());
        long written = size - live.position();
        if (written >= 0 && live.base() + written >= layout.end()) {
            layout.setEnd(live.base() + written);
            return Look.SAME;
        }
        // Shorter than what was sent or freed: it was cut while no agent ran, and what is left was sent or freed.
        long base = Math.max(layout.end() - size, written < 0 ? live.base() : 0);
        layout.setEnd(base + size);
        forgetShared();
        layout.replaceLive(files.rebase(layout.live(), base));
        return Look.TRUNCATED;
    }

    /** A file tells when its run was launched and, unless a later one shares it, when it was last written to. */
    @GuardedBy("this") private void noteTimes(List<Segment> found) {
        for (int i = 0; i < found.size(); i++) {
            Segment segment = found.get(i);
            Optional<Segment> next = i + 1 < found.size() ? Optional.of(found.get(i + 1)) : Optional.empty();
            times.found(segment.base(), segment.launched());
            files.lastWritten(segment)
                    .filter(time -> time.isAfter(segment.launched()))
                    .filter(time -> next.isEmpty() || time.isBefore(next.get().launched()))
                    .ifPresent(time -> times.found(next.map(Segment::base).orElseGet(layout::end), time));
        }
    }

    /**
     * Begins the file of a run. If no new file can be created, for lack of space or inodes, it is the previous run's
     * file under another name, which usually needs neither.
     */
    public synchronized Begun begin(RunId run) throws IOException {
        look();
        RegularFile.requireFolder(folder);
        oldestFile.reserve(layout.oldest());
        boolean isLiveEmpty = !layout.isEmpty() && layout.live().base() == layout.end();
        Begun begun = isLiveEmpty ? renameEmpty(run) : addFile(run);
        times.note(layout.end(), layout.live().launched());
        return begun;
    }

    /** Reuses an empty file. It is renamed, so that the stream's base is always on disk. */
    @GuardedBy("this") private Begun renameEmpty(RunId run) throws IOException {
        Segment old = layout.live();
        if (!files.exists(old)) {
            layout.remove(old);
            return addFile(run);
        }
        Segment renamed = files.rename(old, layout.end(), old.position(), run);
        layout.replaceLive(renamed);
        if (layout.size() == 1) layout.setOldest(layout.end());
        return new Begun(renamed.path(), Optional.empty());
    }

    @GuardedBy("this") private Begun addFile(RunId run) throws IOException {
        try {
            Segment added = files.create(layout.end(), run);
            layout.add(added);
            return new Begun(added.path(), Optional.empty());
        } catch (IOException noRoom) {
            if (layout.isEmpty() || !files.exists(layout.live())) throw noRoom;
            return shareLive(run, noRoom);
        }
    }

    @GuardedBy("this") private Begun shareLive(RunId run, IOException noRoom) throws IOException {
        Segment old = layout.live();
        long end = layout.end();
        try {
            Segment shared = files.link(old, end, old.position() + end - old.base(), run);
            layout.add(shared);
            return new Begun(shared.path(), Optional.of(String.valueOf(noRoom.getMessage())));
        } catch (IOException noLink) {
            noRoom.addSuppressed(noLink);
            throw noRoom;
        }
    }

    /** Checks how much was written since, and what somebody else did to the live file. */
    public synchronized Look look() {
        if (layout.isEmpty() || layout.live().key() == Segment.GONE) return Look.SAME;
        Segment live = layout.live();
        long end = layout.end();
        long known = end - live.base();
        Optional<RegularFile> found;
        try {
            found = RegularFile.at(live.path());
        } catch (NoSuchFileException gone) {
            if (known == 0) return Look.SAME;
            layout.replaceLive(files.rebase(live, end));
            return Look.DELETED;
        } catch (IOException unreadable) {
            return Look.SAME;
        }
        if (found.isEmpty() || !found.get().key().equals(live.key())) {
            layout.replaceLive(files.replace(live, end));
            return Look.REPLACED;
        }
        long written = found.get().size() - live.position();
        if (written == known) return Look.SAME;
        if (written > known) {
            layout.setEnd(end + written - known);
            return Look.GREW;
        }
        forgetShared();
        layout.replaceLive(files.rebase(live, end));
        layout.setEnd(end + found.get().size());
        return Look.TRUNCATED;
    }

    public TimeIndex times() {
        return times;
    }

    synchronized Optional<Segment> newest() {
        return layout.isEmpty() ? Optional.empty() : Optional.of(layout.live());
    }

    public synchronized long oldest() {
        return layout.oldest();
    }

    public synchronized long end() {
        return layout.end();
    }

    /** All files, oldest first. */
    synchronized List<Segment> segments() {
        return layout.all();
    }

    /** The kept bytes at {@code offset}, or else the next ones after it; empty at the stream's end. */
    public synchronized Optional<Extent> locate(long offset) {
        return layout.locate(offset);
    }

    /**
     * Frees the oldest bytes: of those that were sent, what exceeds {@code keep}; of the unsent ones, what exceeds
     * {@code backlog}. It frees somewhat more, because punching a hole needs a process. It never frees unsent bytes for
     * {@code keep}.
     */
    public synchronized Freed trim(long sent, long keep, long backlog) {
        long oldest = layout.oldest();
        long end = layout.end();
        long border = Math.max(oldest, Math.min(sent, end));
        long rounding = 2 * BLOCK * layout.size();
        boolean isSmall = border - oldest + rounding <= keep && end - border + rounding <= backlog;
        if (isSmall && layout.size() <= MOST_FILES) return Freed.NOTHING;
        long unsentExcess = layout.used(border, end) - backlog;
        if (unsentExcess > 0) {
            long step = Math.max(BLOCK, Math.min(LARGEST_STEP, backlog / 4));
            return freeTo(layout.behind(border, unsentExcess + step), end, true);
        }
        if (layout.size() > MOST_FILES) {
            return freeTo(
                    layout.get(layout.size() - MOST_FILES + MOST_FILES / 16).base(), end, true);
        }
        long sentExcess = layout.used(oldest, border) - keep;
        if (sentExcess <= 0) return Freed.NOTHING;
        return freeTo(Math.min(border, layout.behind(oldest, sentExcess + Math.max(BLOCK, keep / 4))), border, false);
    }

    /** Forgets all files; whoever calls this deletes their folder. */
    synchronized void forget() {
        layout.clear();
    }

    /**
     * Frees what is before {@code target}, as far as blocks and files allow; nothing from {@code limit} on.
     *
     * @param unsentToo whether unsent bytes may be freed
     */
    @GuardedBy("this") private Freed freeTo(long target, long limit, boolean unsentToo) {
        Freed freed = Freed.NOTHING;
        while (layout.size() > 1 && layout.endOf(0) <= target) {
            dropFirst();
            freed = Freed.OLDEST;
        }
        Segment first = layout.first();
        long hole = (target - first.base() + first.position()) / BLOCK * BLOCK;
        long freedTo = first.base() - first.position() + hole;
        boolean holesFailed = limit < layout.end() && layout.end() < noHolesBefore;
        if (freedTo <= Math.max(layout.oldest(), first.base()) || holesFailed) return freed;
        if (!files.exists(first)) return freed;
        oldestFile.write(freedTo);
        if (files.punch(first, hole)) {
            layout.setOldest(freedTo);
            return Freed.OLDEST;
        }
        oldestFile.write(layout.oldest());
        if (layout.size() > 1 && layout.endOf(0) <= limit) {
            dropFirst();
            return Freed.OLDEST;
        }
        if (layout.size() == 1 && limit == layout.end()) return truncateLive(unsentToo);
        noHolesBefore = layout.end() + hole / 4;
        return freed;
    }

    /** What is written in the microseconds between the look and the truncation is lost, and cannot be counted. */
    @GuardedBy("this") private Freed truncateLive(boolean unsentToo) {
        long known = layout.end();
        look();
        // Bytes were written since the last look, so they are unsent.
        if (layout.end() > known && !unsentToo) return Freed.NOTHING;
        if (!files.truncate(layout.live())) return Freed.NOTHING;
        forgetShared();
        layout.replaceLive(files.rebase(layout.live(), layout.end()));
        layout.setOldest(layout.end());
        oldestFile.write(layout.oldest());
        return Freed.TRUNCATED;
    }

    @GuardedBy("this") private void dropFirst() {
        Segment first = layout.removeFirst();
        Segment next = layout.first();
        oldestFile.write(layout.oldest());
        // The next segment may be the same file under another name: then only a hole frees its blocks.
        long shared = next.key().equals(first.key()) ? next.position() / BLOCK * BLOCK : 0;
        if (shared > 0 && files.exists(first)) files.punch(first, shared);
        files.delete(first);
    }

    /** The bytes of earlier runs in the live file were cut off, too. */
    @GuardedBy("this") private void forgetShared() {
        Segment live = layout.live();
        for (Segment segment : layout.all()) {
            if (segment == live || !segment.key().equals(live.key())) continue;
            layout.remove(segment);
            files.delete(segment);
        }
    }

    /**
     * A file that a run may write to.
     *
     * @param shared why it is the previous run's file; empty: it is not
     */
    public record Begun(Path path, Optional<String> shared) {}

    /** The result of a look. */
    public enum Look {
        SAME,
        GREW,
        /** Somebody made it shorter. Its content now counts as new, after everything before. */
        TRUNCATED,
        /** Somebody deleted it. What the run writes from now on is lost; the next run's output is not. */
        DELETED,
        /** Somebody replaced it by something else. The effect is the same as if it had been deleted. */
        REPLACED
    }

    /** The result of a trim. */
    public enum Freed {
        NOTHING,
        OLDEST,
        /** No hole could be punched, so everything that was kept was deleted. */
        TRUNCATED
    }
}
