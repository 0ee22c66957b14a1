package io.efka.transfer;

import java.time.Duration;

/** Spaces what is sent so that it does not exceed a rate, over all senders that share it. Not thread-safe. */
public final class Pace {
    private static final double SECOND = Duration.ofSeconds(1).toNanos();

    private final long rate;
    private long nextAt;

    /**
     * @param rate bytes a second; 0: no limit
     * @param now monotonic nanoseconds, as in all methods
     */
    public Pace(long rate, long now) {
        if (rate < 0) throw new IllegalArgumentException("rate must be at least 0, was " + rate);
        this.rate = rate;
        this.nextAt = now;
    }

    /** Nanoseconds until the next message may go; 0: now. */
    long delay(long now) {
        return Math.max(0, nextAt - now);
    }

    /** A message went. */
    void sent(int bytes, long now) {
        if (rate == 0) return;
        // What was not used before cannot be made up for, so there are no bursts.
        long from = Math.max(now, nextAt);
        nextAt = from + (long) (bytes * SECOND / rate);
    }
}
