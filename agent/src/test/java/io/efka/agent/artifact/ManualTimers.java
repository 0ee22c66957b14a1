package io.efka.agent.artifact;

import io.efka.fixtures.Await;
import io.efka.threads.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A clock that only the test moves. Thread-safe. */
final class ManualTimers implements Timers {
    private final List<Due> pending = new ArrayList<>();
    private Duration passed = Duration.ZERO;

    private record Due(Duration at, Runnable task) {}

    @Override
    public synchronized Instant now() {
        return Instant.parse("2026-11-22T20:15:00Z").plus(passed);
    }

    @Override
    public synchronized long nanos() {
        return passed.toNanos();
    }

    @Override
    public synchronized Timer schedule(Duration delay, Runnable task) {
        var due = new Due(passed.plus(delay), task);
        pending.add(due);
        return () -> cancel(due);
    }

    private synchronized void cancel(Due due) {
        pending.remove(due);
    }

    synchronized void pass(Duration time) {
        passed = passed.plus(time);
    }

    /** Waits until something is scheduled, lets the time pass until it is due, and runs it. Returns how long it waited. */
    Duration runNext() {
        Due due = Await.value("a timer", Await.LIMIT, this::take);
        due.task.run();
        return due.at;
    }

    private synchronized Optional<Due> take() {
        Optional<Due> first = pending.stream().min(Comparator.comparing(Due::at));
        first.ifPresent(due -> {
            pending.remove(due);
            if (due.at.compareTo(passed) > 0) passed = due.at;
        });
        return first;
    }
}
