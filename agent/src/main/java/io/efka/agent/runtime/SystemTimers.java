package io.efka.agent.runtime;

import io.efka.threads.AgentThread;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The machine's clock and timers. One thread ({@code agent-timers}) wakes when a task is due and hands it to a pool.
 * Thread-safe.
 */
public final class SystemTimers implements Timers, AutoCloseable {
    private final Executor pool;
    private final ScheduledThreadPoolExecutor scheduler;

    /** @param pool runs tasks that are due */
    public SystemTimers(Executor pool) {
        this.pool = pool;
        this.scheduler = new ScheduledThreadPoolExecutor(1, task -> new AgentThread("agent-timers", task));
        // Now, while the machine has a thread for it: later nobody could handle the failure.
        scheduler.prestartCoreThread();
        scheduler.setRemoveOnCancelPolicy(true);
        scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        // Handles its own errors: the scheduler would keep them in a future that nobody reads.
        Runnable whenDue = FatalErrors.top(() -> handOver(task));
        ScheduledFuture<?> due = scheduler.schedule(whenDue, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
        return () -> due.cancel(false);
    }

    private void handOver(Runnable task) {
        AgentThread.step();
        try {
            pool.execute(task);
        } finally {
            AgentThread.idle();
        }
    }

    /** Cancels all tasks. */
    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
