package io.efka.agent.output.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.supervision.Logs.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The length of a stream at several times, in memory: the newest {@value #DENSE} marks are one second apart or, where nothing
 * was written, more; older ones are the further apart the older they are. Of what earlier agents looked at, only the beginnings
 * of runs and when each last wrote are known. Thread-safe.
 */
public final class TimeIndex {
    static final int MOST = 1024;
    static final int DENSE = 512;
    private static final Duration APART = Duration.ofSeconds(1);

    @GuardedBy("this") private final List<Mark> marks = new ArrayList<>();
    /** The latest; it is kept if it is the last before a pause, or a second after the one before it. */
    @GuardedBy("this") private Optional<Mark> newest = Optional.empty();
    /** Whether nobody looked on since the newest mark. */
    @GuardedBy("this") private boolean isUnseen;

    /**
     * Notes that the stream ended at {@code offset} at this time. If the clock was set back, forgets all later times:
     * they would hide everything that is written until then.
     */
    public synchronized void note(long offset, Instant at) {
        add(offset, at, isUnseen);
        isUnseen = false;
    }

    /** Notes a mark of which the files tell: nobody looked on since the one before. */
    synchronized void found(long offset, Instant at) {
        add(offset, at, true);
        isUnseen = true;
    }

    @GuardedBy("this") private void add(long offset, Instant time, boolean afterAbsence) {
        Instant at = time;
        // A run's launch is noted a little late, and is no clock that was set back.
        if (newest.isPresent() && isSlightlyBefore(at, newest.get().at()))
            at = newest.get().at();
        if (newest.isPresent() && at.isBefore(newest.get().at())) {
            marks.removeIf(mark -> mark.at().isAfter(time));
            newest = Optional.empty();
        }
        Instant earliest = at;
        if (newest.isPresent() && isApart(at)) {
            if (marks.size() >= MOST) thin(at);
            marks.add(newest.get());
            if (afterAbsence) earliest = newest.get().at();
        } else if (newest.isPresent()) {
            if (hasBytes(newest.get())) earliest = newest.get().earliest();
        } else if (!marks.isEmpty()) {
            earliest = last().at(); // the clock was set back
        }
        newest = Optional.of(new Mark(offset, earliest, at));
    }

    /** Everything before this offset was written before {@code time}. */
    synchronized OptionalLong before(Instant time) {
        return all().filter(mark -> !mark.at().isAfter(time))
                .mapToLong(Mark::offset)
                .max();
    }

    /** Everything from this offset on was written after {@code time}. */
    synchronized OptionalLong after(Instant time) {
        return all().filter(mark -> mark.at().isAfter(time))
                .mapToLong(Mark::offset)
                .min();
    }

    /**
     * When the bytes from {@code from} to {@code to} were written. What is behind the last element was written after the last
     * look, moments ago.
     */
    synchronized List<Written> written(long from, long to) {
        var parts = new ArrayList<Written>();
        long done = from;
        boolean isFirst = true;
        for (Mark mark : all().toList()) {
            if (done < to && mark.offset() > done) {
                done = Math.min(to, mark.offset());
                // Nobody knows since when there is what was there before the first mark.
                Optional<Instant> earliest = isFirst ? Optional.empty() : Optional.of(mark.earliest());
                parts.add(new Written(done, earliest, mark.at()));
            }
            isFirst = false;
        }
        return parts;
    }

    @GuardedBy("this") private boolean isApart(Instant at) {
        return marks.isEmpty() || !at.isBefore(last().at().plus(APART));
    }

    private static boolean isSlightlyBefore(Instant at, Instant other) {
        return at.isBefore(other) && other.isBefore(at.plus(APART));
    }

    /** Whether anything was written between the mark and the last that is kept. */
    @GuardedBy("this") private boolean hasBytes(Mark mark) {
        return !marks.isEmpty() && mark.offset() > last().offset();
    }

    @GuardedBy("this") private Mark last() {
        return marks.get(marks.size() - 1);
    }

    @GuardedBy("this") private Stream<Mark> all() {
        return Stream.concat(marks.stream(), newest.stream());
    }

    /** Forgets that of the older marks without which the least is lost: the time between its neighbours, for its age. */
    @GuardedBy("this") private void thin(Instant now) {
        int least = 1;
        double lowest = Double.MAX_VALUE;
        for (int i = 1; i < marks.size() - DENSE; i++) {
            Instant before = marks.get(i - 1).at();
            Instant after = marks.get(i + 1).at();
            double lost = (double) Duration.between(before, after).toMillis()
                    / Math.max(1, Duration.between(after, now).toMillis());
            if (lost < lowest) {
                lowest = lost;
                least = i;
            }
        }
        Mark gone = marks.remove(least);
        Mark next = marks.get(least);
        boolean isEmpty = gone.offset() == marks.get(least - 1).offset();
        if (!isEmpty) marks.set(least, new Mark(next.offset(), gone.earliest(), next.at()));
    }

    /**
     * @param earliest when the first of the bytes since the mark before this may have been written
     * @param at when the stream ended at the offset
     */
    private record Mark(long offset, Instant earliest, Instant at) {}
}
