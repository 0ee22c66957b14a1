package io.efka.agent.command;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of a command before its payload is understood: enough to reply to it, whatever it turns out to be.
 *
 * @param id empty: the command has none
 * @param service as it stands in the topic, perhaps no legal id; empty: to the device
 * @param name {@code start}, perhaps unknown
 * @param arrived when the agent took it
 */
record Address(Optional<String> id, Optional<String> service, String name, ReplyTo replyTo, Instant arrived) {

    Address withId(String other) {
        return new Address(Optional.of(other), service, name, replyTo, arrived);
    }

    Address withReplyTo(ReplyTo other) {
        return new Address(id, service, name, other, arrived);
    }
}
