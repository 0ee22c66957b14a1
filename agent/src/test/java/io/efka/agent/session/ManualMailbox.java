package io.efka.agent.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/** A mailbox on the test's thread: one task at a time, in order, at once or when the test says so. Not thread-safe. */
final class ManualMailbox implements Executor {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean running;
    private boolean paused;

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (!paused) run();
    }

    /** Keeps what comes from now on, until {@link #run}. */
    void pause() {
        paused = true;
    }

    /** Runs all that waits, and what comes from now on at once. */
    void run() {
        paused = false;
        if (running) return;
        running = true;
        try {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) task.run();
        } finally {
            running = false;
        }
    }
}
