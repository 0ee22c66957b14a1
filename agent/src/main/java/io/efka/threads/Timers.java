package io.efka.threads;

import java.time.Duration;
import java.time.Instant;

/** The clock and the alarm, in one seam so that tests own both. Thread-safe. */
public interface Timers {
    /** Wall-clock time, for records. */
    Instant now();

    /** Monotonic time, for what lies between two moments: its beginning means nothing, and nobody can set it. */
    default long nanos() {
        return System.nanoTime();
    }

    /** Runs {@code task} once after {@code delay} of monotonic time, unless cancelled first. Never blocks. */
    Timer schedule(Duration delay, Runnable task);

    /** A task that is due later. */
    interface Timer {
        void cancel();
    }
}
