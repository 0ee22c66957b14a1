package io.efka.mqtt.paho;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Paho's threads for one connection: daemons that end with it, and whose failures are reported. (Paho's receiver ends
 * silently when it cannot decode something, such as correlation data of more than 32,767 bytes. The connection would
 * look alive.)
 *
 * <p>The thread that connects starts three others, one after the other, and looks only every 100 ms whether the one it
 * started runs: 0.3 s of each connection. It is woken from these sleeps. That does no harm: Paho ignores it there, and
 * after the last one only puts the CONNECT into a queue and ends.
 */
final class PahoThreads extends ThreadPoolExecutor {
    /** How often a sleeping starter is woken. A thread usually runs within a fraction of it. */
    private static final Duration WAKING = Duration.ofMillis(1);
    /** Then Paho looks by itself. */
    private static final int MOST_WAKINGS = 100;

    private final Consumer<Throwable> death;
    /** The thread of this pool that has started others and not ended yet; it is woken. */
    private volatile @Nullable Thread starter;

    /** @param death told when a thread ends with an exception; called on that thread */
    PahoThreads(Consumer<Throwable> death) {
        super(0, Integer.MAX_VALUE, 0, TimeUnit.SECONDS, new SynchronousQueue<>(), Worker::new);
        this.death = death;
    }

    private static final class Worker extends Thread {
        Worker(Runnable task) {
            super(task, "agent-mqtt-paho"); // Paho renames it.
            setDaemon(true);
        }
    }

    /** If the machine has no thread to spare, only this connection fails. */
    @Override
    public void execute(Runnable task) {
        try {
            super.execute(task);
            if (Thread.currentThread() instanceof Worker worker && starter != worker) {
                starter = worker;
                super.execute(() -> wake(worker));
            }
        } catch (OutOfMemoryError noThread) {
            throw new RejectedExecutionException("no thread for the connection: " + noThread.getMessage());
        }
    }

    private void wake(Thread sleeper) {
        for (int i = 0; i < MOST_WAKINGS && starter == sleeper; i++) {
            sleeper.interrupt();
            LockSupport.parkNanos(WAKING.toNanos());
        }
    }

    @Override
    @SuppressWarnings("NullAway") // null means no problem, by the contract of ThreadPoolExecutor
    protected void afterExecute(Runnable task, Throwable problem) {
        super.afterExecute(task, problem);
        if (starter == Thread.currentThread()) starter = null;
        if (problem != null) {
            death.accept(problem);
        } else if (task instanceof Future<?> future && future.isDone()) {
            try {
                future.get();
            } catch (ExecutionException e) {
                death.accept(e.getCause());
            } catch (CancellationException e) {
                // Paho cancels its own tasks.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
