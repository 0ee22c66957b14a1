package io.efka.agent.output.ship;

import java.util.concurrent.TimeUnit;

/**
 * Holds publishing to so many bytes a second. It may be overdrawn by one message and then waits until that is made up
 * for, so the average is kept with messages of any size. Confined to the shipper's thread.
 */
public final class TokenBucket {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Four messages a second at least, so that a low rate flows instead of coming in lumps. */
    private static final int PARTS = 4;

    private static final int SMALLEST_PART = 1024;

    private final long rate;
    private double balance;
    private long filledAt;

    /** @param rate bytes a second; 0: no limit */
    public TokenBucket(long rate, long now) {
        this.rate = rate;
        this.balance = (double) rate / PARTS;
        this.filledAt = now;
    }

    long rate() {
        return rate;
    }

    /** The largest message that goes well with the rate. */
    public int part(int batch) {
        return rate == 0 ? batch : (int) Math.min(batch, Math.max(SMALLEST_PART, rate / PARTS));
    }

    /** Nanoseconds until something may be published; 0: now. */
    public long delay(long now) {
        if (rate == 0) return 0;
        balance = Math.min((double) rate / PARTS, balance + (now - filledAt) * (rate / NANOS));
        filledAt = now;
        return balance > 0 ? 0 : (long) Math.ceil((1 - balance) * NANOS / rate);
    }

    public void take(int bytes) {
        if (rate > 0) balance -= bytes;
    }
}
