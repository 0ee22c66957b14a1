package io.efka.agent.runtime;

import java.util.concurrent.TimeUnit;

/**
 * Limits a flow to an average rate. It may be overdrawn by one piece; then the next one waits until that is made up for, so
 * the average is kept with pieces of any size. Not thread-safe.
 */
public final class TokenBucket {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long rate;
    private final int parts;
    private double balance;
    private long filledAt;

    /**
     * A bucket that is full.
     *
     * @param rate units a second, such as bytes or lines; 0: no limit
     * @param parts at least 1; what was not used is saved up for this part of a second only: 4 allows a quarter of the rate
     *     at once
     * @param now monotonic nanoseconds, as everywhere here
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

    /** The largest piece that does not come in lumps at this rate, within {@code least} and {@code most}. */
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

    /** A piece goes, whatever {@link #delay} said. */
    public void take(int units) {
        if (rate > 0) balance -= units;
    }
}
