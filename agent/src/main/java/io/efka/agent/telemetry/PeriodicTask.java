package io.efka.agent.telemetry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.threads.Timers;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does something again and again, one round at a time: a slow one delays the next, and one that fails does not end them.
 * Thread-safe.
 */
final class PeriodicTask implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PeriodicTask.class);

    private final String name;
    private final Rhythm rhythm;
    private final Runnable round;

    @GuardedBy("this") private Timers.Timer next = () -> {};

    @GuardedBy("this") private boolean closed;

    /** @param name of what is done, for the log */
    PeriodicTask(String name, Rhythm rhythm, Runnable round) {
        this.name = name;
        this.rhythm = rhythm;
        this.round = round;
    }

    /** Begins; the first round is due after one interval. */
    void start() {
        schedule();
    }

    /** No round begins after this. Idempotent. */
    @Override
    public void close() {
        Timers.Timer last;
        synchronized (this) {
            closed = true;
            last = next;
        }
        last.cancel();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void schedule() {
        if (isClosed() || rhythm.interval().isZero()) return;
        Timers.Timer set = rhythm.timers().schedule(rhythm.interval(), this::begin);
        synchronized (this) {
            next = set;
        }
        if (isClosed()) set.cancel();
    }

    private void begin() {
        if (isClosed()) return;
        try {
            rhythm.executor().execute(this::once);
        } catch (RejectedExecutionException busy) {
            log.warn("{} left out: {}", name, busy.toString());
            schedule();
        }
    }

    private void once() {
        try {
            round.run();
        } catch (RuntimeException broken) {
            // They are the first to do without, and must not end for good at one unreadable number.
            log.warn("{} left out", name, broken);
        } finally {
            schedule();
        }
    }
}
