package io.efka.agent.command;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A command under way, as the ledger holds it in memory. Guarded by the ledger's monitor. */
final class Pending {
    // Who sends one id again and again, each time with another place for the reply, is answered on so many.
    private static final int MAX_COPIES = 4;

    private final long number;
    private final String digest;
    private final CompletableFuture<Void> durable = new CompletableFuture<>();
    private final List<ReplyTo> copies = new ArrayList<>();
    private Optional<String> earlyReply = Optional.empty();
    private Instant acceptedAt = Instant.EPOCH;

    Pending(long number, String digest) {
        this.number = number;
        this.digest = digest;
    }

    long number() {
        return number;
    }

    String digest() {
        return digest;
    }

    CompletableFuture<Void> durable() {
        return durable;
    }

    Optional<String> earlyReply() {
        return earlyReply;
    }

    Instant acceptedAt() {
        return acceptedAt;
    }

    void accepted(Instant at) {
        acceptedAt = at;
    }

    void answeredEarly(String reply) {
        earlyReply = Optional.of(reply);
    }

    void copyTo(ReplyTo other) {
        if (copies.size() < MAX_COPIES) copies.add(other);
    }

    /** The other topics on which a duplicate waits: a redelivery, which names the same one, is not answered twice. */
    List<ReplyTo> copiesBeside(ReplyTo to) {
        var topics = new ArrayList<String>(List.of(to.topic()));
        var beside = new ArrayList<ReplyTo>();
        for (ReplyTo copy : copies) {
            if (!topics.contains(copy.topic())) beside.add(copy);
            topics.add(copy.topic());
        }
        return beside;
    }
}
