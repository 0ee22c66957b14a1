package io.efka.mqtt.paho;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Paho's threads for one connection: daemons that end with it, and whose failures are reported. (Paho's receiver ends
 * silently when it cannot decode something, such as correlation data of more than 32,767 bytes. The connection would
 * look alive.)
 */
final class PahoThreads extends ThreadPoolExecutor {
    private final Consumer<Throwable> death;

    /** @param death told when a thread ends with an exception; called on that thread */
    PahoThreads(Consumer<Throwable> death) {
        super(0, Integer.MAX_VALUE, 0, TimeUnit.SECONDS, new SynchronousQueue<>(), PahoThreads::daemon);
        this.death = death;
    }

    private static Thread daemon(Runnable task) {
        // Paho renames it.
        Thread thread = new Thread(task, "agent-mqtt-paho");
        thread.setDaemon(true);
        return thread;
    }

    /** If the machine has no thread to spare, only this connection fails. */
    @Override
    public void execute(Runnable task) {
        try {
            super.execute(task);
        } catch (OutOfMemoryError noThread) {
            throw new RejectedExecutionException("no thread for the connection: " + noThread.getMessage());
        }
    }

    @Override
    @SuppressWarnings("NullAway") // null means no problem, by the contract of ThreadPoolExecutor
    protected void afterExecute(Runnable task, Throwable problem) {
        super.afterExecute(task, problem);
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
