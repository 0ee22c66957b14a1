package io.efka.agent.telemetry;

import io.efka.protocol.ServiceStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the events between two statuses of a service. A change of state is the event {@code state}, which has all other
 * values as well. Other values that change while the state stays have events of their own.
 */
final class StatusChanges {
    private StatusChanges() {}

    /** One event: its kind and fields. */
    record Announcement(String kind, Map<String, Object> fields) {}

    /** @param before empty: the service is new, and the event has no {@code from} */
    static List<Announcement> between(Optional<ServiceStatus> before, ServiceStatus now) {
        var announcements = new ArrayList<Announcement>();
        if (before.isEmpty() || before.get().state() != now.state()) {
            announcements.add(new Announcement("state", stateFields(before, now)));
        } else {
            addWithoutState(before.get(), now, announcements);
        }
        if (before.isPresent() && before.get().crashLoop() != now.crashLoop()) {
            announcements.add(new Announcement("crash_loop", fields("crash_loop", now.crashLoop(), now)));
        }
        return announcements;
    }

    private static void addWithoutState(ServiceStatus before, ServiceStatus now, List<Announcement> announcements) {
        if (before.desired() != now.desired()) {
            announcements.add(new Announcement("desired", fields("desired", StatusCodec.word(now.desired()), now)));
        }
        if (before.ready() != now.ready()) {
            announcements.add(new Announcement("ready", fields("ready", now.ready(), now)));
        }
        if (before.health() != now.health()) {
            announcements.add(new Announcement("health", fields("health", StatusCodec.word(now.health()), now)));
        }
    }

    private static Map<String, Object> stateFields(Optional<ServiceStatus> before, ServiceStatus now) {
        var fields = new LinkedHashMap<String, Object>();
        before.ifPresent(status -> fields.put("from", StatusCodec.word(status.state())));
        fields.put("to", StatusCodec.word(now.state()));
        fields.put("cause", StatusCodec.cause(now.cause()));
        now.run().ifPresent(run -> fields.put("run", run.value()));
        now.pid().ifPresent(pid -> fields.put("pid", pid));
        fields.put("desired", StatusCodec.word(now.desired()));
        fields.put("ready", now.ready());
        fields.put("health", StatusCodec.word(now.health()));
        fields.put("restarts", now.restarts());
        now.nextAttempt().ifPresent(at -> fields.put("next_attempt_at", at));
        newExit(before, now).ifPresent(exit -> fields.put("exit", StatusCodec.exit(exit)));
        return fields;
    }

    private static Optional<ServiceStatus.LastExit> newExit(Optional<ServiceStatus> before, ServiceStatus now) {
        if (before.isEmpty() || before.get().lastExit().equals(now.lastExit())) return Optional.empty();
        return now.lastExit();
    }

    private static Map<String, Object> fields(String name, Object value, ServiceStatus now) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put(name, value);
        fields.put("state", StatusCodec.word(now.state()));
        fields.put("cause", StatusCodec.cause(now.cause()));
        now.run().ifPresent(run -> fields.put("run", run.value()));
        return fields;
    }
}
