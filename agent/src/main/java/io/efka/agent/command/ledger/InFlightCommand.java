package io.efka.agent.command.ledger;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A command under way, as the ledger holds it in memory. Guarded by the ledger's monitor, except its futures. */
final class InFlightCommand {
    // The command's own, and 4 more: a sender that repeats an id with ever new reply topics gets no more replies than
    // that.
    private static final int MAX_TOPICS = 5;

    private final long number;
    private final String digest;
    private final CompletableFuture<Boolean> recorded = new CompletableFuture<>();
    private final CompletableFuture<String> reply = new CompletableFuture<>();
    private final Set<String> topics = new HashSet<>();
    private Instant acceptedAt = Instant.EPOCH;

    InFlightCommand(long number, String digest) {
        this.number = number;
        this.digest = digest;
    }

    long number() {
        return number;
    }

    String digest() {
        return digest;
    }

    /** Completes when it is known whether the command is on disk. Never completed under the ledger's monitor. */
    CompletableFuture<Boolean> recorded() {
        return recorded;
    }

    /** Completes with what duplicates are told: an acceptance, an outcome or a refusal. As {@link #recorded}. */
    CompletableFuture<String> reply() {
        return reply;
    }

    Instant acceptedAt() {
        return acceptedAt;
    }

    void accepted(Instant at) {
        acceptedAt = at;
    }

    /**
     * The reply is waited for on this topic.
     *
     * @return false: it was already, or on too many. A redelivery names the same topic, and is not answered twice
     */
    boolean addTopic(String topic) {
        return topics.size() < MAX_TOPICS && topics.add(topic);
    }
}
