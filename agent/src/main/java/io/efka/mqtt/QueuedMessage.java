package io.efka.mqtt;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A message in the outbox, when it came in, and who waits for it. */
final class QueuedMessage {
    private final Message message;
    private final Instant since;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int attempts;

    QueuedMessage(Message message, Instant since) {
        this.message = message;
        this.since = since;
    }

    CompletableFuture<Void> done() {
        return done;
    }

    String topic() {
        return message.topic();
    }

    /** How many attempts have failed, this one included. */
    int countAttempt() {
        return ++attempts;
    }

    int bytes() {
        return message.payload().length;
    }

    /** The message as it is to be published now, with what is left of its expiry; empty if nothing is left. */
    Optional<Message> at(Instant now) {
        OptionalLong expiry = message.properties().expirySeconds();
        if (expiry.isEmpty()) return Optional.of(message);
        long waited = Math.max(0, Duration.between(since, now).toSeconds());
        if (waited >= expiry.getAsLong()) return Optional.empty();
        return Optional.of(expiringIn(expiry.getAsLong() - waited));
    }

    private Message expiringIn(long seconds) {
        MessageProperties old = message.properties();
        var left = new MessageProperties(
                old.contentType(), old.responseTopic(), old.correlationData(), OptionalLong.of(seconds), old.user());
        return new Message(message.topic(), message.payload(), message.qos(), message.retain(), left);
    }
}
