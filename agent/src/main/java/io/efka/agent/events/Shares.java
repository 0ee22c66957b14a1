package io.efka.agent.events;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How much each source may write: a service that reports something a thousand times a second must not push out why another one
 * crashed. A source is one kind of event of one service. Not thread-safe.
 */
final class Shares {
    /** At once: some hundred events, and a quarter of the queue for a slow disk. */
    static final int BURST = 64 << 10;
    /**
     * And so much an hour from then on, 3 MiB a day: more than a service writes that crashes again and again at the longest
     * delay, three events of 450 bytes a minute.
     */
    static final int PER_HOUR = 128 << 10;

    private static final double PER_NANO = (double) PER_HOUR / TimeUnit.HOURS.toNanos(1);

    /** Far more than kinds and services; those that were not used longest are forgotten, and have a new share. */
    private static final int MOST = 2_000;

    private final Map<String, Share> shares = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Share> eldest) {
            return size() > MOST;
        }
    };

    private static final class Share {
        private double left = BURST;
        private long filledAt;
        private long skipped;
    }

    /** @param skipped events of the source before this one, that were not taken and not told of */
    record Verdict(boolean isTaken, long skipped) {}

    /** @param now monotonic nanoseconds */
    Verdict take(String source, int bytes, long now) {
        Share share = shares.get(source);
        if (share == null) {
            share = new Share();
            share.filledAt = now;
            shares.put(source, share);
        }
        share.left = Math.min(BURST, share.left + (now - share.filledAt) * PER_NANO);
        share.filledAt = now;
        // A large event may overdraw the share; the next ones then wait for longer.
        if (share.left <= 0) {
            share.skipped++;
            return new Verdict(false, 0);
        }
        share.left -= bytes;
        long skipped = share.skipped;
        share.skipped = 0;
        return new Verdict(true, skipped);
    }
}
