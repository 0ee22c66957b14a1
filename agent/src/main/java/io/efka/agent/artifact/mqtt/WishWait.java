package io.efka.agent.artifact.mqtt;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The random wait before a wish, which another device's same wish ends. Short waits are rare (the truncated exponential
 * distribution of RFC 5401, section 3.2.3): of a thousand devices that miss the same, only a few ask before they hear the
 * first.
 */
final class WishWait {
    /** Several round trips of a slow network, and little beside the four seconds that 64 chunks take at 1 MiB/s. */
    static final Duration LONGEST = Duration.ofMillis(500);

    /** ln(1,000 devices) + 1. Ten times more or fewer make little difference. */
    private static final double SPREAD = Math.log(1_000) + 1;

    private WishWait() {}

    /** Nanoseconds, up to {@link #LONGEST}. */
    static long next(RandomGenerator chance) {
        double part = Math.log1p(chance.nextDouble() * Math.expm1(SPREAD)) / SPREAD;
        return (long) (part * LONGEST.toNanos());
    }
}
