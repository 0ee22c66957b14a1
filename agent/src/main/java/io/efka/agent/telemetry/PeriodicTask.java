package io.efka.agent.telemetry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a task, one round at a time. A slow round delays the next one; a failed round does not stop the task.
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
     * @param name name of the task, for the log
     * @param executor runs the rounds
     * @param interval between two rounds; 0: no rounds
     */
    PeriodicTask(String name, Timers timers, Executor executor, Duration interval, Runnable round) {
        if (interval.isNegative()) throw new IllegalArgumentException("interval must be 0 or more, was " + interval);
        this.name = name;
        this.timers = timers;
        this.executor = executor;
        this.interval = interval;
        this.round = round;
    }

    /** Starts; the first round is due after one interval. */
    void start() {
        schedule();
    }

    /** Starts no further round. Idempotent. */
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
            log.warn("{} skipped: {}", name, busy.toString());
            schedule();
        }
    }

    private void once() {
        try {
            round.run();
        } catch (RuntimeException broken) {
            // A round can be missed, but one unreadable number must not end all later ones.
            log.warn("{} skipped", name, broken);
        } finally {
            schedule();
        }
    }
}
