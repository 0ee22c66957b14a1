package io.efka.agent.telemetry;

import io.efka.agent.service.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that passes when the test says so; what is due runs in order, on the test's thread. */
final class FakeTimers implements Timers {
    static final Instant START = Instant.parse("2026-11-22T20:15:00.123456Z");

    private final List<Alarm> alarms = new ArrayList<>();
    private long nanos;
    private Duration clockOffset = Duration.ZERO;

    @Override
    public Instant now() {
        return START.plusNanos(nanos).plus(clockOffset);
    }

    long nanos() {
        return nanos;
    }

    /** Somebody sets the wall clock. */
    void setClock(Duration by) {
        clockOffset = clockOffset.plus(by);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        var alarm = new Alarm(nanos + delay.toNanos(), task);
        alarms.add(alarm);
        return () -> alarms.remove(alarm);
    }

    void advance(Duration by) {
        long end = nanos + by.toNanos();
        while (true) {
            var due = alarms.stream().filter(alarm -> alarm.at <= end).min(Comparator.comparingLong(alarm -> alarm.at));
            if (due.isEmpty()) break;
            alarms.remove(due.get());
            nanos = Math.max(nanos, due.get().at);
            due.get().task.run();
        }
        nanos = end;
    }

    int waiting() {
        return alarms.size();
    }

    /** A class: two alarms are never equal. */
    private static final class Alarm {
        private final long at;
        private final Runnable task;

        Alarm(long at, Runnable task) {
            this.at = at;
            this.task = task;
        }
    }
}
