package io.efka.agent.os;

import io.efka.agent.service.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** The bounded executor that was handed in: now, later, and again when it is full. Thread-safe; never blocks. */
record Work(Executor executor, Timers timers) {
    private static final Duration WHEN_FULL = Duration.ofMillis(20);

    /** Runs a task as soon as there is room. */
    void run(Runnable task) {
        if (!offer(task)) timers.schedule(WHEN_FULL, () -> run(task));
    }

    /** Runs a task if there is room; says whether there is. */
    boolean offer(Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    Timers.Timer after(Duration delay, Runnable task) {
        return timers.schedule(delay, () -> run(task));
    }
}
