package io.efka.fleet.logs;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The lines of many histories in the order of their times. Those of one stream stay in their own order, whatever their times
 * say; at equal times, the streams' names decide. Streams without times follow, one after the other. Used by one thread.
 */
final class HistoryMerge {
    private final PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(Head::order)
            .thenComparing(head -> head.history().id()));
    private final Set<StreamHistory> starved = new LinkedHashSet<>();

    /** A history whose next line is known. */
    private record Head(Instant order, StreamHistory history) {}

    HistoryMerge(Collection<StreamHistory> histories) {
        starved.addAll(histories);
    }

    /** The next line; empty if a history must be asked for more, or all are at their end. */
    Optional<LogLine> next() {
        starved.removeIf(this::enter);
        if (!starved.isEmpty()) return Optional.empty();
        Head first = heads.poll();
        if (first == null) return Optional.empty();
        StreamHistory history = first.history();
        Optional<LogLine> line = history.peek();
        history.remove();
        if (!enter(history)) starved.add(history);
        return line;
    }

    /** @return false if it must be asked for more first */
    private boolean enter(StreamHistory history) {
        if (history.isStarved()) return false;
        if (history.peek().isPresent()) heads.add(new Head(history.order(), history));
        return true;
    }
}
