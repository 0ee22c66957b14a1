package io.efka.agent;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The agent's pools. Mailboxes and commands run on {@code agent-worker}, where a disk sync may hold a thread;
 * launches run on {@code agent-launch}, so that a slow one delays no decision. What bounds their queues are the lanes and
 * mailboxes in front of them.
 */
final class Workers implements AutoCloseable {
    /** Four: a disk sync holds a thread, and committers share one sync. */
    private static final int SIZE = 4;

    private static final long IDLE_SECONDS = 10;
    private static final long END_SECONDS = 2;

    private final ThreadPoolExecutor workers = pool("agent-worker");
    private final ThreadPoolExecutor launchers = pool("agent-launch");

    private static ThreadPoolExecutor pool(String name) {
        var number = new AtomicInteger();
        var pool = new ThreadPoolExecutor(
                SIZE, SIZE, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    var thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    ExecutorService workers() {
        return workers;
    }

    ExecutorService launchers() {
        return launchers;
    }

    /** Lets what runs finish, for two seconds at most. */
    @Override
    public void close() {
        launchers.shutdown();
        workers.shutdown();
        try {
            launchers.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
            workers.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
