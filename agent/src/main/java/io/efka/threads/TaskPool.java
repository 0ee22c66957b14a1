package io.efka.threads;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pool of {@link AgentThread}s. A task that throws does not end its thread: {@link FatalErrors} handles it.
 * Thread-safe; closing it waits for running tasks, for two seconds at most.
 */
public final class TaskPool extends ThreadPoolExecutor implements Progress, AutoCloseable {
    private static final long CLOSE_SECONDS = 2;

    private final String name;
    private final boolean isWatched;
    private final List<AgentThread> threads = new CopyOnWriteArrayList<>();

    private TaskPool(
            String name,
            int core,
            int max,
            Duration idle,
            BlockingQueue<Runnable> queue,
            long stack,
            boolean isWatched) {
        super(core, max, idle.toMillis(), TimeUnit.MILLISECONDS, queue);
        this.name = name;
        this.isWatched = isWatched;
        var number = new AtomicInteger();
        setThreadFactory(task -> {
            var thread = new AgentThread(name + "-" + number.incrementAndGet(), task, stack, isWatched);
            if (isWatched) threads.add(thread);
            return thread;
        });
    }

    /**
     * Creates a pool whose threads start at once and stay, so that it works even when the machine has no more threads.
     * Its queue has no bound; whoever submits tasks must have one. The {@link SelfCheck} watches it, so long tasks must
     * call {@link AgentThread#step}.
     */
    public static TaskPool fixed(String name, int size) {
        var pool = new TaskPool(name, size, size, Duration.ZERO, new LinkedBlockingQueue<>(), 0, true);
        pool.prestartAllCoreThreads();
        return pool;
    }

    /**
     * Creates a pool whose threads start when they are needed and end when they are idle. It rejects a task if it has
     * neither a thread nor room in the queue. For tasks that may hang in the kernel or in a service and have timeouts
     * of their own: the {@link SelfCheck} does not watch it, even if a task calls {@link AgentThread#step}.
     *
     * @param stack of a thread, in bytes; 0: the JVM's default
     */
    public static TaskPool onDemand(String name, int max, Duration idle, BlockingQueue<Runnable> queue, long stack) {
        var pool = new TaskPool(name, queue.remainingCapacity() == 0 ? 0 : max, max, idle, queue, stack, false);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Submits a task. Never blocks.
     *
     * @throws RejectedExecutionException if the pool is closed or full, or the machine has no thread for the task; the
     *     pool stays usable
     */
    @Override
    public void execute(Runnable task) {
        try {
            super.execute(new Task(task));
        } catch (OutOfMemoryError noThread) {
            throw new RejectedExecutionException(name + ": " + noThread.getMessage());
        }
    }

    private final class Task implements Runnable {
        private final Runnable work;

        Task(Runnable work) {
            this.work = work;
        }

        @Override
        public void run() {
            if (isWatched) AgentThread.step();
            FatalErrors.run(work);
            if (isWatched) AgentThread.idle();
        }
    }

    @Override
    public String name() {
        return name;
    }

    /** Whether tasks wait. Those that run are watched through their threads. */
    @Override
    public boolean isBusy() {
        return !getQueue().isEmpty();
    }

    @Override
    public int steps() {
        int sum = 0;
        for (AgentThread thread : threads) sum += thread.steps();
        return sum;
    }

    @Override
    public void close() {
        shutdown();
        try {
            awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
