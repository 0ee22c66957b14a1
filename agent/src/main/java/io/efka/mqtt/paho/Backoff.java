package io.efka.mqtt.paho;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits between attempts to connect: a random time up to a limit that doubles ("full jitter"), so that the devices of a
 * fleet do not all reconnect at once. Confined to the link's thread.
 */
final class Backoff {
    private final RandomGenerator chance;
    private final Duration first;
    private final Duration max;
    private Duration limit;

    /**
     * @param first limit of the first wait
     * @param max limit of any wait
     */
    Backoff(RandomGenerator chance, Duration first, Duration max) {
        this.chance = chance;
        this.first = first;
        this.max = max;
        this.limit = first;
    }

    /** A random time up to the limit. */
    Duration next() {
        return next(Duration.ZERO, limit);
    }

    /** A random time up to the limit, which is first lowered to {@code most}. */
    Duration nextUpTo(Duration most) {
        if (most.compareTo(limit) < 0) limit = most;
        return next(Duration.ZERO, limit);
    }

    /** At least half of the limit: for failures that do not pass by themselves. */
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

    /** An attempt succeeded. */
    void reset() {
        limit = first;
    }
}
