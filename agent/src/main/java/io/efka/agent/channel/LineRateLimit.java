package io.efka.agent.channel;

import java.util.concurrent.TimeUnit;

/**
 * Holds what a service says to so many lines a second, with a second's worth at once. It may be overdrawn by what came
 * in one piece and then waits until that is made up for. Not thread-safe.
 */
final class LineRateLimit {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int rate;
    private double balance;
    private long filledAt;

    LineRateLimit(int rate, long now) {
        this.rate = rate;
        this.balance = rate;
        this.filledAt = now;
    }

    void take() {
        balance--;
    }

    /** Nanoseconds until the next line may be read; 0: now. */
    long delay(long now) {
        balance = Math.min(rate, balance + (now - filledAt) * (rate / NANOS));
        filledAt = now;
        return balance > 0 ? 0 : (long) Math.ceil((1 - balance) * NANOS / rate);
    }
}
