package io.efka.agent.command.ledger;

import io.efka.mqtt.Message;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

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

    /**
     * The service's state when the command was accepted. After a crash it shows which steps were already done.
     *
     * @param state empty: the service was not installed
     * @param run the current run, or else the last one
     */
    public record ServiceSnapshot(Optional<ServiceStatus.State> state, Optional<RunId> run) {
        public static final ServiceSnapshot NONE = new ServiceSnapshot(Optional.empty(), Optional.empty());

        public static ServiceSnapshot of(ServiceStatus status) {
            Optional<RunId> run = status.run().or(() -> status.lastExit().map(ServiceStatus.LastExit::run));
            return new ServiceSnapshot(Optional.of(status.state()), run);
        }

        public boolean wasInstalled() {
            return state.isPresent();
        }

        public boolean hadToBeStopped() {
            return state.isPresent()
                    && state.get() != ServiceStatus.State.STOPPED
                    && state.get() != ServiceStatus.State.FAILED
                    && state.get() != ServiceStatus.State.COMPLETED;
        }
    }
}
