package io.efka.mqtt.paho;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: anything from nothing to a limit that doubles ("full jitter"), so that a
 * fleet does not come back to its broker in step. Confined to the link's thread.
 */
final class Backoff {
    private final RandomGenerator chance;
    private final Duration first;
    private final Duration max;
    private Duration limit;

    /**
     * @param first limit of the first wait
     * @param max no wait is longer
     */
    Backoff(RandomGenerator chance, Duration first, Duration max) {
        this.chance = chance;
        this.first = first;
        this.max = max;
        this.limit = first;
    }

    /** Anything up to the limit. */
    Duration next() {
        return next(Duration.ZERO, limit);
    }

    /** Anything up to the limit, which goes back to {@code most} where it was beyond. */
    Duration nextUpTo(Duration most) {
        if (most.compareTo(limit) < 0) limit = most;
        return next(Duration.ZERO, limit);
    }

    /** Half of the limit at least: for what does not pass by itself. */
    Duration nextLong() {
        return next(limit.dividedBy(2), limit);
    }

    private Duration next(Duration least, Duration most) {
        long span = most.minus(least).toMillis();
        var wait = least.plusMillis(chance.nextLong(span + 1));
        var doubled = limit.multipliedBy(2);
        limit = doubled.compareTo(max) < 0 ? doubled : max;
        return wait;
    }

    void reset() {
        limit = first;
    }
}
