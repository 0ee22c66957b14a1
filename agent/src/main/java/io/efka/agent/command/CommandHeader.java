package io.efka.agent.command;

import io.efka.agent.command.ledger.ReplyTo;
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
public record CommandHeader(
        Optional<String> id, Optional<String> service, String name, ReplyTo replyTo, Instant arrived) {

    CommandHeader withId(String other) {
        return new CommandHeader(Optional.of(other), service, name, replyTo, arrived);
    }

    CommandHeader withReplyTo(ReplyTo other) {
        return new CommandHeader(id, service, name, other, arrived);
    }
}
