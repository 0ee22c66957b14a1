package io.efka.agent.command;

import io.efka.agent.telemetry.Events;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import java.util.HashMap;
import java.util.Map;

/** Refusals that are an event as well, since their reply may reach nobody. */
final class Notices {
    private Notices() {}

    static CommandException expired(CommandHeader address, Events events) {
        announce(address, "expired", events);
        String deadline = address.replyTo().deadline().map(Object::toString).orElse("unknown");
        return new CommandException(
                ErrorCode.EXPIRED, address.name() + " expired at " + deadline + " and was not executed");
    }

    static CommandException retained(CommandHeader address, Events events) {
        announce(address, "retained_refused", events);
        return new CommandException(
                ErrorCode.RETAINED_REFUSED,
                address.name() + " was sent retained and would repeat at every reconnect: send it without retain");
    }

    private static void announce(CommandHeader address, String kind, Events events) {
        Map<String, Object> fields = new HashMap<>();
        fields.put("command", address.name());
        address.id().ifPresent(id -> fields.put("id", id));
        if (address.service().filter(Names::isLegal).isPresent()) {
            events.service(new ServiceId(address.service().get()), kind, fields);
        } else {
            events.device(kind, fields);
        }
    }
}
