package io.efka.agent.threads;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
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
    private final AtomicInteger begun = new AtomicInteger();

    private TaskPool(String name, int core, int max, Duration idle, BlockingQueue<Runnable> queue, long stack) {
        super(core, max, idle.toMillis(), TimeUnit.MILLISECONDS, queue);
        this.name = name;
        var number = new AtomicInteger();
        setThreadFactory(task -> new AgentThread(name + "-" + number.incrementAndGet(), task, stack));
    }

    /**
     * A pool whose threads are there from the start and stay: what it is given is begun also while the machine has no
     * more threads to give. What bounds its queue is in front of it.
     */
    public static TaskPool lasting(String name, int size) {
        var pool = new TaskPool(name, size, size, Duration.ZERO, new LinkedBlockingQueue<>(), 0);
        pool.prestartAllCoreThreads();
        return pool;
    }

    /**
     * A pool whose threads come when they are needed and go when they are not; it rejects what finds neither a thread
     * nor a place in the queue.
     *
     * @param stack of a thread, in bytes; 0: what the JVM gives
     */
    public static TaskPool passing(String name, int max, Duration idle, BlockingQueue<Runnable> queue, long stack) {
        var pool = new TaskPool(name, queue.remainingCapacity() == 0 ? 0 : max, max, idle, queue, stack);
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
            begun.incrementAndGet();
            AgentThread.step();
            FatalErrors.run(work);
            AgentThread.idle();
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
        return begun.get();
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
