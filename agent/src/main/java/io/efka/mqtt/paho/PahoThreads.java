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
 * Paho's threads for one connection: daemons that end with it, and that do not die unseen. (Paho's receiver ends
 * silently on what it cannot decode, as correlation data of more than 32,767 bytes; the connection would look alive.)
 */
final class PahoThreads extends ThreadPoolExecutor {
    private final Consumer<Throwable> death;

    /** @param death told of a thread that ended by an exception; called on that thread */
    PahoThreads(Consumer<Throwable> death) {
        super(0, Integer.MAX_VALUE, 0, TimeUnit.SECONDS, new SynchronousQueue<>(), PahoThreads::daemon);
        this.death = death;
    }

    private static Thread daemon(Runnable task) {
        // Paho gives it a name of its own.
        Thread thread = new Thread(task, "agent-mqtt-paho");
        thread.setDaemon(true);
        return thread;
    }

    /** A machine without a thread to spare costs a connection, and nothing is broken by it. */
    @Override
    public void execute(Runnable task) {
        try {
            super.execute(task);
        } catch (OutOfMemoryError noThread) {
            throw new RejectedExecutionException("no thread for the connection: " + noThread.getMessage());
        }
    }

    @Override
    @SuppressWarnings("NullAway") // no problem is null, by the contract of ThreadPoolExecutor
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
                // Paho cancels what it ends.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
