package io.efka.agent.command;

import io.efka.agent.command.ledger.ServiceSnapshot;
import io.efka.protocol.ServiceId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A command that was understood.
 *
 * @param service empty: to the device
 * @param waits whether the reply is wanted when it is done; false: at acceptance
 * @param splay how long this device waits before it begins, zero but for group commands that ask for it
 * @param before what was so when it was first accepted; empty unless it is finished after a crash
 */
public record Command(
        CommandHeader address,
        Optional<ServiceId> service,
        CommandArguments arguments,
        boolean waits,
        Duration splay,
        Optional<ServiceSnapshot> before) {

    /** A command to a service without arguments. */
    static Command of(CommandHeader address, ServiceId service) {
        return new Command(
                address, Optional.of(service), CommandArguments.none(), true, Duration.ZERO, Optional.empty());
    }

    public String name() {
        return address.name();
    }

    public Optional<String> id() {
        return address.id();
    }

    /** The service of a command that its row in the table says is for one. */
    public ServiceId requiredService() {
        return service.orElseThrow(() -> new IllegalStateException(name() + " has no service"));
    }

    public boolean isRepeated() {
        return before.isPresent();
    }

    boolean isExpired(Instant now) {
        return address.replyTo()
                .deadline()
                .filter(deadline -> !now.isBefore(deadline))
                .isPresent();
    }

    /** This command as it was first accepted: its own time of arrival, and what was so then. */
    Command repeatedAfter(ServiceSnapshot then) {
        return new Command(address, service, arguments, waits, splay, Optional.of(then));
    }
}
