package io.efka.fleet.doctor;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was measured at a broker.
 *
 * @param granted properties of the CONNACK, as the link names them
 * @param largestPayload the largest payload in bytes that came back, of those that were tried; 0 if none did
 */
public record BrokerFacts(
        Map<String, Long> granted,
        Outcome<Long> largestPayload,
        Outcome<Retention> retention,
        Outcome<Session> session,
        Outcome<List<Right>> rights) {
    public BrokerFacts {
        granted = Map.copyOf(granted);
    }

    /**
     * What the broker did with many messages.
     *
     * @param tried how many were to be published
     * @param accepted how many it has acknowledged in time
     * @param refusal why it refused one of the others; empty: it did not answer in time
     */
    public record Publication(int tried, int accepted, Optional<String> refusal) {
        /** All of them. */
        static Publication whole(int count) {
            return new Publication(count, count, Optional.empty());
        }

        boolean isWhole() {
            return accepted == tried;
        }
    }

    /**
     * What became of retained messages.
     *
     * @param published on topics of one wildcard
     * @param came how many of them a new subscriber of that wildcard got
     * @param isFlagKept whether a message that is published retained arrives so at a subscriber that is there
     * @param isKept whether it is there later
     * @param hasExpired whether one that had to expire is gone
     * @param isExpiryCounted whether the time that remains was less on arrival
     */
    public record Retention(
            Publication published,
            int came,
            boolean isFlagKept,
            boolean isKept,
            boolean hasExpired,
            boolean isExpiryCounted) {}

    /**
     * What became of a client like a device that was away for a moment.
     *
     * @param expirySeconds that the broker has granted, of the 24 h that a device asks for
     * @param isWillEarly whether the will was published although the client was back at once
     * @param isPresent whether the broker still had the session
     * @param sent commands that were sent to it while it was away
     * @param came how many of them it got
     */
    public record Session(long expirySeconds, boolean isWillEarly, boolean isPresent, Publication sent, int came) {}

    /**
     * What this account may do on one kind of topic.
     *
     * @param what it is for: {@code commands to a device}
     * @param isNeeded whether operators need it; otherwise only devices should have it
     */
    public record Right(String what, String topic, boolean isNeeded, Answer answer) {
        /** What the broker did with a message there. */
        public enum Answer {
            CAME_BACK,
            REFUSED,
            DROPPED
        }
    }
}
