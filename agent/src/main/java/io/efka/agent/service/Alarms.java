package io.efka.agent.service;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The timers of one service, at most one of a kind. Confined to the mailbox. A timer that fires while it is being
 * cancelled still tells, with a number that does not count any more.
 */
final class Alarms {
    private final Timers timers;
    private final Consumer<Event> tell;
    private final Map<Event.TimerKind, Armed> armed = new EnumMap<>(Event.TimerKind.class);
    private long last;

    private record Armed(long number, Timers.Timer timer) {}

    Alarms(Timers timers, Consumer<Event> tell) {
        this.timers = timers;
        this.tell = tell;
    }

    void set(Event.TimerKind kind, Duration delay) {
        cancel(kind);
        long number = ++last;
        Timers.Timer timer = timers.schedule(delay, () -> tell.accept(new Event.TimerFired(kind, number)));
        armed.put(kind, new Armed(number, timer));
    }

    void cancel(Event.TimerKind kind) {
        Armed old = armed.remove(kind);
        if (old != null) old.timer().cancel();
    }

    void cancelAll() {
        armed.values().forEach(a -> a.timer().cancel());
        armed.clear();
    }

    /** Whether a fired timer is the one that is set; it is spent then. */
    boolean spend(Event.TimerFired fired) {
        Armed current = armed.get(fired.kind());
        if (current == null || current.number() != fired.number()) return false;
        armed.remove(fired.kind());
        return true;
    }
}
