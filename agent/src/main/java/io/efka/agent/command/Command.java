package io.efka.agent.command;

import io.efka.agent.command.ledger.LedgerEntry.ReplyTo;
import io.efka.agent.command.ledger.LedgerEntry.ServiceSnapshot;
import io.efka.protocol.ServiceId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A decoded command.
 *
 * @param service empty for a command to the device
 * @param waits whether the reply is sent when the command is done; false: when it is accepted
 * @param splay how long this device waits before it begins; zero except for group commands that ask for it
 * @param snapshot the service's state when the command was first accepted; present only when it is run again after a crash
 */
public record Command(
        Header header,
        Optional<ServiceId> service,
        CommandArguments arguments,
        boolean waits,
        Duration splay,
        Optional<ServiceSnapshot> snapshot) {

    /**
     * What is known of a command before its payload is decoded: enough to reply to it, even if it is refused.
     *
     * @param id empty if the command has none
     * @param service as in the topic, perhaps not a legal id; empty for a command to the device
     * @param name such as {@code start}; perhaps unknown
     * @param topic on which it came
     * @param arrived when the agent received it
     */
    public record Header(
            Optional<String> id,
            Optional<String> service,
            String name,
            String topic,
            ReplyTo replyTo,
            Instant arrived) {

        Header withId(String other) {
            return new Header(Optional.of(other), service, name, topic, replyTo, arrived);
        }

        Header withReplyTo(ReplyTo other) {
            return new Header(id, service, name, topic, other, arrived);
        }
    }

    /** A command to a service without arguments. */
    static Command of(Header header, ServiceId service) {
        return new Command(
                header, Optional.of(service), CommandArguments.none(), true, Duration.ZERO, Optional.empty());
    }

    public String name() {
        return header.name();
    }

    public Optional<String> id() {
        return header.id();
    }

    /** The service of a command that the command table lists for services. */
    public ServiceId requiredService() {
        return service.orElseThrow(() -> new IllegalStateException(name() + " has no service"));
    }

    /** Whether an earlier agent accepted it, and it is run again after a crash. */
    public boolean isRepeated() {
        return snapshot.isPresent();
    }

    boolean isExpired(Instant now) {
        return header.replyTo()
                .deadline()
                .filter(deadline -> !now.isBefore(deadline))
                .isPresent();
    }

    /** This command, to be run again after a crash. */
    Command repeatedAfter(ServiceSnapshot accepted) {
        return new Command(header, service, arguments, waits, splay, Optional.of(accepted));
    }
}
