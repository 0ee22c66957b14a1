package io.efka.agent.artifact;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ends a piece of work from another thread. Thread-safe. */
public final class Cancellation {
    private final CountDownLatch cancelled = new CountDownLatch(1);

    @GuardedBy("this") private Optional<Runnable> interruption = Optional.empty();

    /** Cancels, once and for all. */
    public void cancel() {
        Optional<Runnable> toRun;
        synchronized (this) {
            cancelled.countDown();
            toRun = interruption;
        }
        toRun.ifPresent(Runnable::run);
    }

    public boolean isCancelled() {
        return cancelled.getCount() == 0;
    }

    /** @throws CancellationException if it is cancelled */
    public void check() {
        if (isCancelled()) throw new CancellationException("cancelled");
    }

    /**
     * Sets what {@link #cancel} does to a call that blocks, such as closing its connection. Replaces an earlier one.
     *
     * @param unblock run by another thread, or here if it is cancelled already
     */
    public void onCancel(Runnable unblock) {
        synchronized (this) {
            interruption = Optional.of(unblock);
        }
        if (isCancelled()) unblock.run();
    }

    /** The call has ended. */
    public void clear() {
        synchronized (this) {
            interruption = Optional.empty();
        }
    }

    /** @throws CancellationException if it is cancelled before the time is over, or the thread is interrupted */
    public void sleep(Duration time) {
        try {
            if (cancelled.await(time.toNanos(), TimeUnit.NANOSECONDS)) check();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }
}
