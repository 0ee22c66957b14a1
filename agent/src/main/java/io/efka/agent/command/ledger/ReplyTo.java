package io.efka.agent.command.ledger;

import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * Where a reply goes.
 *
 * @param topic legal to publish to
 * @param correlation the request's correlation data in base64, echoed as the bytes they were
 * @param deadline when nobody waits for the reply any more; the reply's message expiry is set by it
 */
public record ReplyTo(String topic, Optional<String> correlation, Optional<Instant> deadline) {

    public Optional<byte[]> correlationBytes() {
        return correlation.map(Base64.getDecoder()::decode);
    }

    public ReplyTo at(String otherTopic) {
        return new ReplyTo(otherTopic, correlation, deadline);
    }

    public ReplyTo until(Optional<Instant> otherDeadline) {
        return new ReplyTo(topic, correlation, otherDeadline);
    }
}
