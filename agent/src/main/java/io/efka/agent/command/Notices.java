package io.efka.agent.command;

import io.efka.agent.service.Names;
import io.efka.agent.service.ServiceId;
import io.efka.agent.wire.Events;
import java.util.HashMap;
import java.util.Map;

/** Refusals that are an event as well, since their reply may reach nobody. */
final class Notices {
    private Notices() {}

    static Refusal expired(Address address, Events events) {
        announce(address, "expired", events);
        String deadline = address.replyTo().deadline().map(Object::toString).orElse("unknown");
        return new Refusal(ErrorCode.EXPIRED, address.name() + " expired at " + deadline + " and was not executed");
    }

    static Refusal retained(Address address, Events events) {
        announce(address, "retained_refused", events);
        return new Refusal(
                ErrorCode.RETAINED_REFUSED,
                address.name() + " was sent retained and would repeat at every reconnect: send it without retain");
    }

    private static void announce(Address address, String kind, Events events) {
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
