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
 * The machine's clock, and one thread ({@code agent-timers}) that wakes only when something is due and hands the work to
 * a pool. Thread-safe.
 */
public final class SystemTimers implements Timers, AutoCloseable {
    private final Executor pool;
    private final ScheduledThreadPoolExecutor alarm;

    /** @param pool runs what is due */
    public SystemTimers(Executor pool) {
        this.pool = pool;
        this.alarm = new ScheduledThreadPoolExecutor(1, task -> new AgentThread("agent-timers", task));
        // Now, while there is a thread to be had: nobody could answer for it later.
        alarm.prestartCoreThread();
        alarm.setRemoveOnCancelPolicy(true);
        alarm.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        // With a top of its own: what an alarm throws is kept in its future, which nobody asks.
        Runnable whenDue = FatalErrors.top(() -> hand(task));
        ScheduledFuture<?> due = alarm.schedule(whenDue, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
        return () -> due.cancel(false);
    }

    private void hand(Runnable task) {
        AgentThread.step();
        try {
            pool.execute(task);
        } finally {
            AgentThread.idle();
        }
    }

    /** Nothing is due any more. */
    @Override
    public void close() {
        alarm.shutdownNow();
    }
}
