package io.efka.agent.runtime;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in the order in which they came, on a shared pool: a mailbox without a thread of its own.
 * Thread-safe; {@link #execute} never blocks. After a few tasks in a row it gives the pool's thread to others.
 */
public final class SerialExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

    /** So many tasks in a row, then others get a turn: a flooded mailbox must not own a thread of the pool. */
    private static final int TURN = 16;

    private final Executor pool;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    public SerialExecutor(Executor pool) {
        this.pool = pool;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            if (running) return;
            running = true;
        }
        pool.execute(this::takeTurn);
    }

    private void takeTurn() {
        for (int i = 0; i < TURN; i++) {
            Runnable task;
            synchronized (tasks) {
                task = tasks.poll();
                if (task == null) {
                    running = false;
                    return;
                }
            }
            run(task);
        }
        pool.execute(this::takeTurn);
    }

    /** A task that throws is a bug of its own; the others behind it must run. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException bug) {
            LOG.error("task {} failed", task.getClass().getName(), bug);
        }
    }
}
