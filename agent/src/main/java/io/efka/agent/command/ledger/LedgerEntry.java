package io.efka.agent.command.ledger;

import io.efka.mqtt.Message;
import java.time.Instant;

/**
 * What the ledger store keeps of one command: accepted, then done, then replied.
 *
 * @param number grows with every accepted command: the order of arrival
 * @param digest of topic and payload
 * @param accepted when it was
 */
public record LedgerEntry(String id, long number, String digest, Instant accepted, Stage stage) {

    LedgerEntry with(Stage other) {
        return new LedgerEntry(id, number, digest, accepted, other);
    }

    /** How far it is. */
    sealed interface Stage {}

    /**
     * To be done.
     *
     * @param request the message as it came, decoded anew after a crash
     * @param before what was so of its service
     */
    public record Accepted(Message request, ServiceSnapshot before) implements Stage {}

    /**
     * Done.
     *
     * @param reply as it is sent again
     * @param isReplied whether the broker has it
     */
    public record Done(Instant at, ReplyTo to, String reply, boolean isReplied) implements Stage {}
}
