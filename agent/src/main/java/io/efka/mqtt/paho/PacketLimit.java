package io.efka.mqtt.paho;

import io.efka.mqtt.RetryDelay;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How large a packet may be: what the broker announced, and what it taught by refusing larger ones (Mosquitto's {@code
 * message_size_limit} is not announced). What was learned is kept as long as the broker is the same, and tried upward now
 * and then. Guarded by {@link Outgoing}.
 */
final class PacketLimit {
    private static final long NONE = Long.MAX_VALUE;

    /** No broker refuses a packet for its size that is no larger than this. */
    private static final long SMALL = 1024;

    /** Beyond this a learned limit is forgotten: nothing of ours is so large. */
    private static final long LARGE = 1 << 20;

    /** A refusal that was answered costs one message; one that ended connections is worth larger steps. */
    private static final int STEP = 2;

    private static final int LARGE_STEP = 4;

    private Optional<URI> broker = Optional.empty();
    private long announced = NONE;
    private long largestTaken;
    private long smallestRefused = NONE;
    private long learned = NONE;
    private RetryDelay patience = patience();
    private Duration wait = Duration.ZERO;
    private long learnedAt;

    private static RetryDelay patience() {
        return new RetryDelay(Duration.ofMinutes(10), Duration.ofHours(6));
    }

    void connected(URI to, long maxPacket) {
        announced = maxPacket;
        if (broker.filter(to::equals).isPresent()) return;
        broker = Optional.of(to);
        largestTaken = 0;
        forget();
        patience = patience();
    }

    /** The largest packet that is known to fit. */
    long room(long now) {
        raise(now);
        return Math.min(announced, learned);
    }

    /** Whether it is worth sending. */
    boolean admits(long bytes, long now) {
        raise(now);
        return bytes <= announced && bytes < smallestRefused;
    }

    void taken(long bytes) {
        largestTaken = Math.max(largestTaken, bytes);
    }

    /** Whether a packet that ended connections may have done so by its size. */
    boolean isSuspicious(long bytes) {
        return bytes > SMALL && bytes > largestTaken;
    }

    /** The broker answered that the packet is too large. */
    void refused(long bytes, long now) {
        learn(bytes, bytes / STEP, now);
    }

    /** The packet ended connections. */
    void endedConnections(long bytes, long now) {
        learn(bytes, bytes / LARGE_STEP, now);
    }

    private void learn(long refused, long guess, long now) {
        if (refused <= largestTaken) largestTaken = 0;
        smallestRefused = Math.min(smallestRefused, refused);
        learned = Math.max(largestTaken, guess);
        wait = patience.next();
        learnedAt = now;
    }

    private void raise(long now) {
        if (learned == NONE || now - learnedAt < wait.toNanos()) return;
        learnedAt = now;
        learned *= 2;
        smallestRefused = Math.max(smallestRefused, learned + 1);
        if (learned > LARGE) forget();
    }

    private void forget() {
        learned = NONE;
        smallestRefused = NONE;
    }

    /** What the broker takes, in words. */
    String words() {
        if (announced <= learned) return "the broker takes packets of " + announced + " bytes at most";
        return "the broker refused one of " + smallestRefused + " bytes, takes " + learned;
    }

    Map<String, Long> describe() {
        var limits = new LinkedHashMap<String, Long>();
        if (announced != NONE) limits.put("announced", announced);
        if (learned != NONE) limits.put("learned", learned);
        return limits;
    }
}
