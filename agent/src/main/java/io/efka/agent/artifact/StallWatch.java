package io.efka.agent.artifact;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.Optional;

/**
 * Ends a transfer that receives next to nothing for a while: a server that hangs says nothing of it, and one that sends a byte
 * now and then would keep its transfer for ever. Thread-safe.
 */
final class StallWatch implements AutoCloseable {
    /** Bytes that must come within the limit. The slowest link brings as many in seconds. */
    static final int LEAST = 1024;

    private final Timers timers;
    private final Duration limit;
    private final Runnable abort;
    private volatile boolean isStalled;

    /** When it began to wait for the next {@link #LEAST} bytes, of which {@link #received} are there. */
    @GuardedBy("this") private long begun;

    @GuardedBy("this") private int received;

    @GuardedBy("this") private boolean isPaused;

    @GuardedBy("this") private Optional<Timers.Timer> timer = Optional.empty();

    @GuardedBy("this") private boolean isClosed;

    /** @param abort ends the transfer; must not block */
    StallWatch(Timers timers, Duration limit, Runnable abort) {
        this.timers = timers;
        this.limit = limit;
        this.abort = abort;
        this.begun = timers.nanos();
        schedule(limit);
    }

    private synchronized void schedule(Duration delay) {
        if (!isClosed) timer = Optional.of(timers.schedule(delay, this::check));
    }

    private void check() {
        Duration left = left();
        if (left.compareTo(Duration.ZERO) > 0) {
            schedule(left);
            return;
        }
        isStalled = true;
        abort.run();
    }

    private synchronized Duration left() {
        return isPaused ? limit : limit.minusNanos(timers.nanos() - begun);
    }

    /** So many bytes were received. What is done with them until {@link #resume} is not the server's time. */
    synchronized void pause(int bytes) {
        received += bytes;
        if (received >= LEAST) {
            received = 0;
            begun = timers.nanos();
        }
        begun -= timers.nanos();
        isPaused = true;
    }

    synchronized void resume() {
        begun += timers.nanos();
        isPaused = false;
    }

    boolean isStalled() {
        return isStalled;
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        timer.ifPresent(Timers.Timer::cancel);
    }
}
