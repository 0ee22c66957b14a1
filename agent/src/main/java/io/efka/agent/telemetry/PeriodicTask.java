package io.efka.agent.telemetry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
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
    private final Timers timers;
    private final Executor executor;
    private final Duration interval;
    private final Runnable round;

    @GuardedBy("this") private Timers.Timer next = () -> {};

    @GuardedBy("this") private boolean closed;

    /**
     * @param name of what is done, for the log
     * @param executor runs the rounds
     * @param interval between two rounds; 0: none at all
     */
    PeriodicTask(String name, Timers timers, Executor executor, Duration interval, Runnable round) {
        if (interval.isNegative()) throw new IllegalArgumentException("interval must be 0 or more, was " + interval);
        this.name = name;
        this.timers = timers;
        this.executor = executor;
        this.interval = interval;
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
        if (isClosed() || interval.isZero()) return;
        Timers.Timer set = timers.schedule(interval, this::begin);
        synchronized (this) {
            next = set;
        }
        if (isClosed()) set.cancel();
    }

    private void begin() {
        if (isClosed()) return;
        try {
            executor.execute(this::once);
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
