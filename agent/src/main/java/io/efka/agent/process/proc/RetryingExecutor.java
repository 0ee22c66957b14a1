package io.efka.agent.process.proc;

import io.efka.threads.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Runs tasks on a bounded executor, now or later; retries when it is full. Thread-safe; never blocks. */
public record RetryingExecutor(Executor executor, Timers timers) {
    private static final Duration RETRY_PAUSE = Duration.ofMillis(20);

    /** Runs a task as soon as there is room. */
    public void run(Runnable task) {
        if (!offer(task)) timers.schedule(RETRY_PAUSE, () -> run(task));
    }

    /** Runs a task if there is room; returns whether there is. */
    public boolean offer(Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    public Timers.Timer after(Duration delay, Runnable task) {
        return timers.schedule(delay, () -> run(task));
    }
}
