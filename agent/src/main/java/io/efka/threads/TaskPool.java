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
 * A pool of {@link AgentThread}s. A task that throws costs the pool no thread: {@link FatalErrors} decides what it means.
 * Thread-safe; closing it lets what runs finish, for two seconds at most.
 */
public final class TaskPool extends ThreadPoolExecutor implements Progress, AutoCloseable {
    private static final long END_SECONDS = 2;

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
            var thread = new AgentThread(name + "-" + number.incrementAndGet(), task, stack);
            if (isWatched) threads.add(thread);
            return thread;
        });
    }

    /**
     * A pool whose threads are there from the start and stay: what it is given is begun also while the machine has no
     * more threads to give. What bounds its queue is in front of it. The {@link SelfCheck} minds it, and tasks that
     * take long take steps.
     */
    public static TaskPool lasting(String name, int size) {
        var pool = new TaskPool(name, size, size, Duration.ZERO, new LinkedBlockingQueue<>(), 0, true);
        pool.prestartAllCoreThreads();
        return pool;
    }

    /**
     * A pool whose threads come when they are needed and go when they are not; it rejects what finds neither a thread
     * nor a place in the queue. For tasks that may hang in what is not the agent's, and have limits of their own: the
     * {@link SelfCheck} does not mind them.
     *
     * @param stack of a thread, in bytes; 0: what the JVM gives
     */
    public static TaskPool passing(String name, int max, Duration idle, BlockingQueue<Runnable> queue, long stack) {
        var pool = new TaskPool(name, queue.remainingCapacity() == 0 ? 0 : max, max, idle, queue, stack, false);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Takes a task. Never blocks.
     *
     * @throws RejectedExecutionException if it is closed or full, or if the machine has no thread for it: nothing of the
     *     task is done, and nothing of the pool is broken
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

    /** Whether tasks wait: those that run are their threads' business. */
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
            awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
