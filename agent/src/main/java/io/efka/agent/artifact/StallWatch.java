package io.efka.agent.artifact;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.Optional;

/** Ends a transfer that receives nothing for a while: a server that hangs says nothing of it. Thread-safe. */
final class StallWatch implements AutoCloseable {
    private final Timers timers;
    private final Duration limit;
    private final Runnable abort;
    private volatile long lastProgress;
    private volatile boolean isStalled;

    @GuardedBy("this") private Optional<Timers.Timer> timer = Optional.empty();

    @GuardedBy("this") private boolean isClosed;

    /** @param abort ends the transfer; must not block */
    StallWatch(Timers timers, Duration limit, Runnable abort) {
        this.timers = timers;
        this.limit = limit;
        this.abort = abort;
        this.lastProgress = timers.nanos();
        schedule(limit);
    }

    private synchronized void schedule(Duration delay) {
        if (!isClosed) timer = Optional.of(timers.schedule(delay, this::check));
    }

    private void check() {
        Duration left = limit.minusNanos(timers.nanos() - lastProgress);
        if (left.compareTo(Duration.ZERO) > 0) {
            schedule(left);
            return;
        }
        isStalled = true;
        abort.run();
    }

    /** Something was received. */
    void progress() {
        lastProgress = timers.nanos();
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
