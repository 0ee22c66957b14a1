package io.efka.threads;

import java.time.Duration;
import java.time.Instant;

/** The clock and timers: one port, so that tests control both. Thread-safe. */
public interface Timers {
    /** Wall-clock time, for records. */
    Instant now();

    /**
     * Monotonic time, for measuring intervals: only differences have a meaning, and setting the clock does not change
     * it.
     */
    default long nanos() {
        return System.nanoTime();
    }

    /** Runs {@code task} once after {@code delay} of monotonic time, unless it is cancelled before. Never blocks. */
    Timer schedule(Duration delay, Runnable task);

    /** A scheduled task. */
    interface Timer {
        void cancel();
    }
}
