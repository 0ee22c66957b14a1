package io.efka.agent.output.store;

import io.efka.agent.output.store.Segment.Extent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the bytes of one stream are: its segments in order, the oldest offset that is kept, and the end. Only
 * arithmetic, no I/O. Not thread-safe: guarded by {@link StreamFiles}.
 */
final class StreamLayout {
    private final List<Segment> segments = new ArrayList<>();
    private long oldest;
    private long end;

    /** @param floor offset that the stream had already reached */
    StreamLayout(long floor) {
        oldest = floor;
        end = floor;
    }

    long oldest() {
        return oldest;
    }

    long end() {
        return end;
    }

    int size() {
        return segments.size();
    }

    boolean isEmpty() {
        return segments.isEmpty();
    }

    Segment get(int index) {
        return segments.get(index);
    }

    Segment first() {
        return segments.get(0);
    }

    /** The newest segment, the only one that may grow. */
    Segment live() {
        return segments.get(segments.size() - 1);
    }

    List<Segment> all() {
        return List.copyOf(segments);
    }

    /** Offset behind the last byte of a segment. */
    long endOf(int index) {
        return index == segments.size() - 1 ? end : segments.get(index + 1).base();
    }

    /** Adds the segments that were found on disk, in order; {@code end} stays. */
    void load(List<Segment> found, long oldestOffset) {
        segments.addAll(found);
        oldest = oldestOffset;
    }

    void setEnd(long offset) {
        end = offset;
    }

    void setOldest(long offset) {
        oldest = offset;
    }

    /** A new live segment, which begins at the end. */
    void add(Segment segment) {
        if (segments.isEmpty()) oldest = end;
        segments.add(segment);
    }

    /** The live segment has another name, base or file. If it is the only one, nothing before its base is kept. */
    void replaceLive(Segment renewed) {
        segments.set(segments.size() - 1, renewed);
        if (segments.size() == 1) oldest = Math.max(oldest, renewed.base());
    }

    void remove(Segment segment) {
        segments.remove(segment);
    }

    /** The first of several segments is not kept any longer. */
    Segment removeFirst() {
        Segment first = segments.remove(0);
        oldest = Math.max(oldest, first().base());
        return first;
    }

    void clear() {
        segments.clear();
    }

    /** What is kept at {@code offset}, or else the next bytes behind it; empty at the stream's end. */
    Optional<Extent> locate(long offset) {
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

    /** The offset that is so many bytes of disk space after another one; at most the end. */
    long behind(long offset, long bytes) {
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

    /** Disk space of the bytes between two offsets. */
    long used(long from, long to) {
        long used = 0;
        for (int i = 0; i < segments.size(); i++) {
            long begin = Math.max(Math.max(from, oldest), segments.get(i).base());
            used += used(i, begin, Math.min(to, endOf(i)));
        }
        return used;
    }

    /** In whole blocks: a thousand runs of ten bytes need more than ten thousand bytes. */
    private long used(int index, long from, long to) {
        if (to <= from) return 0;
        long block = StreamFiles.BLOCK;
        long shift = segments.get(index).position() - segments.get(index).base();
        return (to + shift + block - 1) / block * block - (from + shift) / block * block;
    }
}
