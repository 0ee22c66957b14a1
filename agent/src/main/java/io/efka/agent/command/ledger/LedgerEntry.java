package io.efka.agent.command.ledger;

import io.efka.mqtt.Message;
import java.time.Instant;

/**
 * The ledger's entry for one command: accepted, then done, then replied.
 *
 * @param number grows with every accepted command: the order of arrival
 * @param digest of topic and payload
 * @param accepted when it was accepted
 */
public record LedgerEntry(String id, long number, String digest, Instant accepted, Stage stage) {

    LedgerEntry with(Stage other) {
        return new LedgerEntry(id, number, digest, accepted, other);
    }

    /** How far the command is. */
    sealed interface Stage {}

    /**
     * Accepted, but not done.
     *
     * @param request the message as received; decoded again after a crash
     * @param snapshot of its service, when the command was accepted
     */
    public record Accepted(Message request, ServiceSnapshot snapshot) implements Stage {}

    /**
     * Done.
     *
     * @param reply sent to duplicates
     * @param isReplied whether the broker has it
     */
    public record Done(Instant at, ReplyTo to, String reply, boolean isReplied) implements Stage {}
}
