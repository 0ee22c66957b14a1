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
 * Runs tasks one at a time, in the order in which they came, on a shared pool: a mailbox without a thread of its own.
 * Thread-safe; {@link #execute} never blocks. After a few tasks in a row it gives the pool's thread to others.
 */
public final class SerialExecutor implements Executor, Progress {
    private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

    /** So many tasks in a row, then others get a turn: a flooded mailbox must not own a thread of the pool. */
    private static final int TURN = 16;

    private final String name;
    private final Executor pool;

    @GuardedBy("tasks") private final Queue<Runnable> tasks = new ArrayDeque<>();

    /** Whether a turn was asked for, or is being taken. */
    @GuardedBy("tasks") private boolean running;

    /** Whether a turn was asked for and has not begun; one that has is watched by its thread. */
    private volatile boolean waiting;

    /** Written by whoever has the turn. */
    private volatile int steps;

    /**
     * A mailbox that is empty.
     *
     * @param name what it is called when it is stuck
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
        askForTurn();
    }

    /** A turn that the pool refuses, being closed or out of threads, is asked for again with the next task. */
    private void askForTurn() {
        boolean asked = false;
        waiting = true;
        try {
            pool.execute(this::takeTurn);
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
    private void takeTurn() {
        waiting = false;
        steps++;
        for (int i = 0; i < TURN; i++) {
            Runnable task;
            synchronized (tasks) {
                task = tasks.poll();
                if (task == null) {
                    running = false;
                    return;
                }
            }
            // A task that throws is a bug of its own; the others behind it must run.
            FatalErrors.run(task);
            AgentThread.step();
        }
        askForTurn();
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
