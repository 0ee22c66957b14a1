package io.efka.agent.runtime;

import java.util.concurrent.TimeUnit;

/**
 * Limits a flow to an average rate. One piece may overdraw it; the next one then waits until the balance is positive
 * again, so the average holds for pieces of any size. Not thread-safe.
 */
public final class TokenBucket {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long rate;
    private final int parts;
    private double balance;
    private long filledAt;

    /**
     * Creates a full bucket.
     *
     * @param rate units per second, such as bytes or lines; 0: no limit
     * @param parts at least 1; the bucket holds the units of this part of a second: 4 allows bursts of a quarter of the
     *     rate
     * @param now monotonic nanoseconds, as in all methods
     */
    public TokenBucket(long rate, int parts, long now) {
        this.rate = rate;
        this.parts = parts;
        this.balance = (double) rate / parts;
        this.filledAt = now;
    }

    public long rate() {
        return rate;
    }

    /** The largest piece that the bucket can hold, but at least {@code least} and at most {@code most}. */
    public int piece(int least, int most) {
        return rate == 0 ? most : (int) Math.min(most, Math.max(least, rate / parts));
    }

    /** Nanoseconds until the next piece may go; 0: now. */
    public long delay(long now) {
        if (rate == 0) return 0;
        balance = Math.min((double) rate / parts, balance + (now - filledAt) * (rate / NANOS));
        filledAt = now;
        return balance > 0 ? 0 : (long) Math.ceil((1 - balance) * NANOS / rate);
    }

    /** Takes the units of a piece, whatever {@link #delay} returned. */
    public void take(int units) {
        if (rate > 0) balance -= units;
    }
}
