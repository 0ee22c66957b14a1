package io.efka.agent.output.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The length of a stream at several times, in memory: one second apart, and further apart the longer the stream exists.
 * After a restart only the beginnings of runs are known. Thread-safe.
 */
public final class TimeIndex {
    private static final int MOST = 1024;
    private static final Duration APART = Duration.ofSeconds(1);

    @GuardedBy("this") private final List<Mark> marks = new ArrayList<>();
    /** The latest; it is kept if it is the last before a pause, or a second after the one before it. */
    @GuardedBy("this") private Optional<Mark> newest = Optional.empty();

    /**
     * Notes that the stream ended at {@code offset} at this time. If the clock was set back, forgets all later times:
     * they would hide everything that is written until then.
     */
    public synchronized void note(long offset, Instant at) {
        if (newest.isPresent() && at.isBefore(newest.get().at())) {
            marks.removeIf(mark -> mark.at().isAfter(at));
            newest = Optional.empty();
        }
        if (newest.isPresent() && isApart(at)) {
            if (marks.size() >= MOST) thin();
            marks.add(newest.get());
        }
        newest = Optional.of(new Mark(offset, at));
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

    @GuardedBy("this") private boolean isApart(Instant at) {
        return marks.isEmpty() || !at.isBefore(marks.get(marks.size() - 1).at().plus(APART));
    }

    @GuardedBy("this") private Stream<Mark> all() {
        return Stream.concat(marks.stream(), newest.stream());
    }

    @GuardedBy("this") private void thin() {
        for (int i = marks.size() - 2; i > 0; i -= 2) marks.remove(i);
    }

    private record Mark(long offset, Instant at) {}
}
