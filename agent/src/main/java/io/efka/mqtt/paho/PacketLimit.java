package io.efka.mqtt.paho;

import io.efka.mqtt.RetryDelay;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How large a packet may be: the limit that the broker announced, and one learned from refusals (Mosquitto does not
 * announce its {@code message_size_limit}). A learned limit is kept for the same broker and raised from time to time.
 * Guarded by {@link Outgoing}.
 */
final class PacketLimit {
    private static final long NONE = Long.MAX_VALUE;

    /** No broker refuses a packet up to this size because of its size. */
    private static final long SMALL = 1024;

    /** A learned limit above this is forgotten: none of our packets is so large. */
    private static final long LARGE = 1 << 20;

    /** Divides the size of a refused packet. Ended connections cost more than a refusal, so their step is larger. */
    private static final int STEP = 2;

    private static final int LARGE_STEP = 4;

    private Optional<URI> broker = Optional.empty();
    private long announced = NONE;
    private long largestAccepted;
    private long smallestRefused = NONE;
    private long learned = NONE;
    private RetryDelay raiseDelay = raiseDelay();
    private Duration wait = Duration.ZERO;
    private long learnedAt;

    private static RetryDelay raiseDelay() {
        return new RetryDelay(Duration.ofMinutes(10), Duration.ofHours(6));
    }

    /** A connection is up. A limit learned from another broker is forgotten. */
    void connected(URI to, long maxPacket) {
        announced = maxPacket;
        if (broker.filter(to::equals).isPresent()) return;
        broker = Optional.of(to);
        largestAccepted = 0;
        forget();
        raiseDelay = raiseDelay();
    }

    /** The largest packet that is known to fit, in bytes. */
    long largest(long now) {
        raise(now);
        return Math.min(announced, learned);
    }

    /** Whether a packet may be sent: it is not known to be too large. */
    boolean admits(long bytes, long now) {
        raise(now);
        return bytes <= announced && bytes < smallestRefused;
    }

    /** The broker accepted a packet. */
    void accepted(long bytes) {
        largestAccepted = Math.max(largestAccepted, bytes);
    }

    /** Whether a packet may have ended connections because of its size. */
    boolean isSuspicious(long bytes) {
        return bytes > SMALL && bytes > largestAccepted;
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
        if (refused <= largestAccepted) largestAccepted = 0;
        smallestRefused = Math.min(smallestRefused, refused);
        learned = Math.max(largestAccepted, guess);
        wait = raiseDelay.next();
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

    /** The limit in words, for an error message. */
    String words() {
        if (announced <= learned) return "the broker accepts packets of at most " + announced + " bytes";
        return "the broker refused one of " + smallestRefused + " bytes; up to " + learned + " fit";
    }

    /** For {@code info}. */
    Map<String, Long> describe() {
        var limits = new LinkedHashMap<String, Long>();
        if (announced != NONE) limits.put("announced", announced);
        if (learned != NONE) limits.put("learned", learned);
        return limits;
    }
}
