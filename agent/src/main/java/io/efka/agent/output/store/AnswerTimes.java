package io.efka.agent.output.store;

import io.efka.agent.supervision.Logs.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** When the bytes of an answer were written, though they may be from many places of their stream. */
final class AnswerTimes {
    /** One that cannot have more is still small beside its text. */
    private static final int MOST = 512;

    /** At most this long as JSON: {@code [196608,86400000,1000],}. */
    private static final int LONGEST = 24;

    private AnswerTimes() {}

    /** How many parts an answer may have, so that they need no more room than its text. */
    static int most(int maxBytes) {
        return Math.max(1, Math.min(MOST, maxBytes / LONGEST));
    }

    /**
     * @param ranges of the stream, in the order of their offsets, without what overlaps
     * @param most how many parts there may be; beyond it, neighbours become one
     * @return with offsets in the answer
     */
    static List<Written> of(TimeIndex index, List<Range> ranges, int most) {
        if (ranges.isEmpty()) return List.of();
        List<Written> known = index.written(
                ranges.get(0).offset(), ranges.get(ranges.size() - 1).end());
        var parts = new ArrayList<Written>();
        int current = 0;
        int last = -1;
        long position = 0;
        for (Range range : ranges) {
            for (long at = range.offset(); at < range.end(); ) {
                while (current < known.size() && known.get(current).to() <= at) current++;
                if (current == known.size()) return fewer(parts, most);
                Written part = known.get(current);
                long end = Math.min(part.to(), range.end());
                position += end - at;
                at = end;
                if (last == current) parts.remove(parts.size() - 1);
                last = current;
                parts.add(new Written(position, part.earliest(), part.latest()));
            }
        }
        return fewer(parts, most);
    }

    private static List<Written> fewer(List<Written> parts, int most) {
        List<Written> fewer = parts;
        while (fewer.size() > most) {
            var pairs = new ArrayList<Written>();
            for (int i = 0; i < fewer.size(); i += 2) {
                Optional<Written> second = i + 1 < fewer.size() ? Optional.of(fewer.get(i + 1)) : Optional.empty();
                Written first = fewer.get(i);
                pairs.add(second.map(it -> new Written(it.to(), first.earliest(), it.latest()))
                        .orElse(first));
            }
            fewer = pairs;
        }
        return fewer;
    }

    /** Bytes of the stream that stand one behind the other in an answer. */
    record Range(long offset, int length) {
        long end() {
            return offset + length;
        }
    }
}
