package io.efka.agent.command;

import io.efka.agent.service.ServiceId;
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
record Command(
        Address address,
        Optional<ServiceId> service,
        Arguments arguments,
        boolean waits,
        Duration splay,
        Optional<Before> before) {

    /** A command to a service without arguments. */
    static Command of(Address address, ServiceId service) {
        return new Command(address, Optional.of(service), Arguments.none(), true, Duration.ZERO, Optional.empty());
    }

    String name() {
        return address.name();
    }

    Optional<String> id() {
        return address.id();
    }

    /** The service of a command that its row in the table says is for one. */
    ServiceId requiredService() {
        return service.orElseThrow(() -> new IllegalStateException(name() + " has no service"));
    }

    boolean isRepeated() {
        return before.isPresent();
    }

    boolean isExpired(Instant now) {
        return address.replyTo()
                .deadline()
                .filter(deadline -> !now.isBefore(deadline))
                .isPresent();
    }

    /** This command as it was first accepted: its own time of arrival, and what was so then. */
    Command repeatedAfter(Before then) {
        return new Command(address, service, arguments, waits, splay, Optional.of(then));
    }
}
