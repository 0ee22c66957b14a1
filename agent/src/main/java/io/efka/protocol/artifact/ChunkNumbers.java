package io.efka.protocol.artifact;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Up to 64 chunks of an artifact, in ascending order: what one wish asks for, and one answer sends. 64 chunks of 64 KiB
 * are far fewer messages than a stock Mosquitto keeps for a slow subscriber (1,020), so that several answers fit.
 */
public record ChunkNumbers(List<Integer> all) {
    /** Most chunks of one wish or answer. */
    public static final int MAX = 64;

    public static final ChunkNumbers NONE = new ChunkNumbers(List.of());

    /** Chunks from {@code first} to {@code last}, both included. */
    public record Range(int first, int last) {
        public Range {
            if (first < 0 || last < first) {
                throw new IllegalArgumentException("bad range " + first + " to " + last);
            }
        }

        /** As in JSON: {@code [first,last]}. */
        List<Integer> pair() {
            return List.of(first, last);
        }
    }

    public ChunkNumbers {
        all = List.copyOf(new TreeSet<>(all));
        if (all.size() > MAX) throw new IllegalArgumentException("at most " + MAX + " chunks, was " + all.size());
        if (!all.isEmpty() && all.get(0) < 0) throw new IllegalArgumentException("chunk " + all.get(0));
    }

    public static ChunkNumbers of(Collection<Integer> numbers) {
        return new ChunkNumbers(List.copyOf(numbers));
    }

    /** The first 64 of these. */
    public static ChunkNumbers firstOf(BitSet numbers) {
        return new ChunkNumbers(numbers.stream().limit(MAX).boxed().toList());
    }

    /** The first 64 chunks of these ranges: what is asked for beyond them is asked for again later. */
    static ChunkNumbers firstOf(List<Range> ranges) {
        var numbers = new TreeSet<Integer>();
        for (Range range : ranges) {
            // A later range may hold lower numbers, so each gives as many as could be among the first.
            int last = (int) Math.min(range.last, (long) range.first + MAX - 1);
            for (int number = range.first; number <= last; number++) numbers.add(number);
            while (numbers.size() > MAX) numbers.pollLast();
        }
        return of(numbers);
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    /** The same chunks as ranges. */
    public List<Range> ranges() {
        var ranges = new ArrayList<Range>();
        for (int number : all) {
            int end = ranges.size() - 1;
            if (end >= 0 && ranges.get(end).last + 1 == number) {
                ranges.set(end, new Range(ranges.get(end).first, number));
            } else {
                ranges.add(new Range(number, number));
            }
        }
        return ranges;
    }

    List<List<Integer>> json() {
        return ranges().stream().map(Range::pair).toList();
    }
}
