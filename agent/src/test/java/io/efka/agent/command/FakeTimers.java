package io.efka.agent.command;

import io.efka.agent.service.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A clock that stands still until it is told to go on. */
final class FakeTimers implements Timers {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final List<Alarm> alarms = new ArrayList<>();

    private record Alarm(Instant due, Runnable task) {}

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        var alarm = new Alarm(now.plus(delay), task);
        alarms.add(alarm);
        return () -> alarms.remove(alarm);
    }

    /** Somebody sets the clock: nothing falls due by that. */
    void setClock(Duration by) {
        now = now.plus(by);
        alarms.replaceAll(alarm -> new Alarm(alarm.due().plus(by), alarm.task()));
    }

    int pending() {
        return alarms.size();
    }

    void advance(Duration time) {
        now = now.plus(time);
        List<Alarm> due = alarms.stream()
                .filter(alarm -> !alarm.due().isAfter(now))
                .sorted(Comparator.comparing(Alarm::due))
                .toList();
        alarms.removeAll(due);
        due.forEach(alarm -> alarm.task().run());
    }
}
