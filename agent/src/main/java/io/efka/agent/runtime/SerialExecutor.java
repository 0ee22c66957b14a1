package io.efka.agent.runtime;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.threads.AgentThread;
import io.efka.threads.FatalErrors;
import io.efka.threads.Progress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in the order in which they were submitted, on a shared pool: a mailbox without a thread of
 * its own. Thread-safe; {@link #execute} never blocks. After a few tasks in a row it lets others use the pool's thread.
 */
public final class SerialExecutor implements Executor, Progress {
    private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

    /** Tasks in a row, before others get the thread: a flooded mailbox must not occupy a thread of the pool. */
    private static final int TASKS_PER_TURN = 16;

    private final String name;
    private final Executor pool;

    @GuardedBy("tasks") private final Queue<Runnable> tasks = new ArrayDeque<>();

    /** Whether a turn was requested, or is running. */
    @GuardedBy("tasks") private boolean running;

    /** Whether a turn was requested and has not begun. One that has begun is watched through its thread. */
    private volatile boolean waiting;

    /** Written only by the thread that runs the turn. */
    private volatile int steps;

    /**
     * Creates an empty mailbox.
     *
     * @param name for the message when it is stuck
     */
    public SerialExecutor(String name, Executor pool) {
        this.name = name;
        this.pool = pool;
    }

    public SerialExecutor(Executor pool) {
        this("mailbox", pool);
    }

    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            if (running) return;
            running = true;
        }
        requestTurn();
    }

    /** If the pool refuses, because it is closed or has no thread, the next task requests the turn again. */
    private void requestTurn() {
        boolean asked = false;
        waiting = true;
        try {
            pool.execute(this::runTurn);
            asked = true;
        } catch (RejectedExecutionException refused) {
            LOG.debug("a mailbox waits: {}", refused.getMessage());
        } finally {
            if (!asked) endTurn();
        }
    }

    private void endTurn() {
        waiting = false;
        synchronized (tasks) {
            running = false;
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one turn at a time
    private void runTurn() {
        waiting = false;
        steps++;
        for (int i = 0; i < TASKS_PER_TURN; i++) {
            Runnable task;
            synchronized (tasks) {
                task = tasks.poll();
                if (task == null) {
                    running = false;
                    return;
                }
            }
            // A task that throws has a bug; the tasks behind it must still run.
            FatalErrors.run(task);
            AgentThread.step();
        }
        requestTurn();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isBusy() {
        return waiting;
    }

    @Override
    public int steps() {
        return steps;
    }
}
