package io.efka.agent.release;

import io.efka.agent.release.DeployEvent.TimerKind;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The timers of one deploy, at most one of a kind. Confined to the mailbox. One that fires while it is being cancelled has a
 * number that does not count any more.
 */
final class DeployTimers {
    private final Timers timers;
    private final Executor mailbox;
    private final Consumer<DeployEvent> tell;
    private final Map<TimerKind, ArmedTimer> armed = new EnumMap<>(TimerKind.class);
    private long last;

    private record ArmedTimer(long number, Timers.Timer timer) {}

    /** @param tell called on the mailbox */
    DeployTimers(Timers timers, Executor mailbox, Consumer<DeployEvent> tell) {
        this.timers = timers;
        this.mailbox = mailbox;
        this.tell = tell;
    }

    /** In place of an earlier one of that kind. */
    void set(TimerKind kind, Duration delay) {
        cancel(kind);
        long number = ++last;
        Timers.Timer timer = timers.schedule(delay, () -> mailbox.execute(() -> fired(kind, number)));
        armed.put(kind, new ArmedTimer(number, timer));
    }

    private void fired(TimerKind kind, long number) {
        ArmedTimer current = armed.get(kind);
        if (current == null || current.number() != number) return;
        armed.remove(kind);
        tell.accept(new DeployEvent.TimerFired(kind));
    }

    void cancel(TimerKind kind) {
        ArmedTimer old = armed.remove(kind);
        if (old != null) old.timer().cancel();
    }

    void cancelAll() {
        armed.values().forEach(one -> one.timer().cancel());
        armed.clear();
    }
}
