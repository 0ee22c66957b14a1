package io.efka.fleet.doctor;

import io.efka.fleet.session.FleetSession;
import io.efka.protocol.FleetTopics;
import java.util.List;

/**
 * Where probes are: below the commands of a device that does not exist, {@code efka/efka-doctor-…/cmd/probe/}. Operators may publish there,
 * no device reads it, and no program that watches statuses sees it.
 */
record ProbeTopics(FleetTopics topics, String device) {
    private static final String NO_ARTIFACT = "0".repeat(64);

    static ProbeTopics of(FleetSession session) {
        return new ProbeTopics(new FleetTopics(session.prefix()), session.name());
    }

    String probe(String name) {
        return topics.device(device, "cmd/probe/" + name);
    }

    /** All probes that are retained. */
    String everything() {
        return topics.device(device, "cmd/probe/#");
    }

    /** Of each kind one that nobody has: {@code isNeeded} by operators, or written by devices only. */
    List<Place> places() {
        String group = topics.prefix() + "/group/" + device + "/";
        return List.of(
                new Place("commands to devices", topics.device(device, "cmd/probe"), true),
                new Place("commands to services", topics.service(device, "probe", "cmd/probe"), true),
                new Place("commands to groups", group + "cmd/probe", true),
                new Place("documents of devices", topics.device(device, "desired/probe"), true),
                new Place("documents of groups", group + "desired/probe", true),
                new Place("artifacts", group + "artifact/" + NO_ARTIFACT + "/chunk/0", true),
                new Place("reports", topics.device(device, "reported/probe"), false),
                new Place("replies", topics.device(device, "reply/probe"), false));
    }

    record Place(String what, String topic, boolean isNeeded) {}
}
