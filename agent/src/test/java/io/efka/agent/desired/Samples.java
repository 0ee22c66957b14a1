package io.efka.agent.desired;

import io.efka.protocol.CommandException;
import io.efka.protocol.DeviceId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics.GroupId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Documents and what belongs to them, as tests write them. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    static final DeviceId DEVICE = new DeviceId("dev1");
    static final ServiceId CAM = new ServiceId("cam");
    static final ServiceId REC = new ServiceId("rec");
    static final DocumentKey OWN = new DocumentKey(Optional.empty(), "mine");
    static final DocumentKey ALL = new DocumentKey(Optional.of(GroupId.ALL), "base");
    static final DocumentKey ROOF = new DocumentKey(Optional.of(new GroupId("roof")), "base");

    static final DocumentParser PARSER = new DocumentParser(Set.of(
            "manifest",
            "files",
            "release",
            "artifact",
            "start",
            "min_healthy",
            "healthy_deadline",
            "on_failure",
            "confirm_within",
            "if_release",
            "plan",
            "force"));

    private Samples() {}

    static DocumentParser.Parsed parse(String text) {
        try {
            return PARSER.parse(text);
        } catch (CommandException e) {
            throw new AssertionError(text, e);
        }
    }

    /** @param rest behind the revision, such as {@code "services":{…}} */
    static Document.Accepted accepted(long revision, String rest) {
        String text = "{\"v\":1,\"revision\":" + revision + "," + rest + "}";
        return Document.Accepted.of(parse(text), DEVICE, text, NOW);
    }

    /** An entry for each service, with this release. */
    static String services(String release, ServiceId... services) {
        var text = new StringBuilder();
        for (ServiceId service : services) {
            if (!text.isEmpty()) text.append(',');
            text.append("\"%s\":{\"release\":\"%s\"}".formatted(service, release));
        }
        return "\"services\":{" + text + "}";
    }

    static Document document(DocumentKey key, Document.Accepted accepted, DocumentState state) {
        return new Document(key, accepted, new TreeMap<>(), 1, state, false);
    }

    static Before before(String release) {
        return new Before(
                true, io.efka.protocol.ServiceStatus.Desired.RUNNING, Optional.of(release), "{}", Optional.empty());
    }

    static <V> SortedMap<ServiceId, V> map(ServiceId service, V value) {
        return new TreeMap<>(Map.of(service, value));
    }

    static <V> SortedMap<ServiceId, V> map(ServiceId one, V value, ServiceId two, V other) {
        return new TreeMap<>(Map.of(one, value, two, other));
    }
}
