package io.efka.agent.supervision;

import io.efka.threads.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A clock that stands still until it is told to go on, and an alarm that rings on the way. Not thread-safe. */
public final class FakeTimers implements Timers {
    /** What the clock says at first; finer than any document shows it. */
    public static final Instant START = Instant.parse("2026-11-22T20:15:00.123456Z");

    private Instant now = START;
    private Duration set = Duration.ZERO;
    private final List<Due> pending = new ArrayList<>();
    private long order;

    private record Due(Instant at, long order, Runnable task) {}

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        var due = new Due(now.plus(delay), order++, task);
        pending.add(due);
        return () -> pending.remove(due);
    }

    /** Lets time pass; what falls due on the way runs at its time. */
    public void advance(Duration duration) {
        Instant end = now.plus(duration);
        while (true) {
            Optional<Due> next = pending.stream()
                    .filter(d -> !d.at().isAfter(end))
                    .min(Comparator.comparing(Due::at).thenComparing(Due::order));
            if (next.isEmpty()) break;
            pending.remove(next.get());
            if (next.get().at().isAfter(now)) now = next.get().at();
            next.get().task().run();
        }
        now = end;
    }

    /** Sets the clock, as a person or a time server would: nothing falls due by that. */
    public void setClock(Duration by) {
        now = now.plus(by);
        set = set.plus(by);
        pending.replaceAll(d -> new Due(d.at().plus(by), d.order(), d.task()));
    }

    /** Nobody runs for a while, as when the process is suspended: what falls due meanwhile is late. */
    public void suspend(Duration duration) {
        now = now.plus(duration);
    }

    /** Nanoseconds since the beginning, whatever the clock was set to. */
    @Override
    public long nanos() {
        return Duration.between(START, now.minus(set)).toNanos();
    }

    /** How many alarms are set. */
    public int pending() {
        return pending.size();
    }
}
