package io.efka.agent.homeassistant;

import static io.efka.agent.homeassistant.Entity.button;
import static io.efka.agent.homeassistant.Entity.sensor;
import static io.efka.agent.homeassistant.Entity.toggle;
import static io.efka.agent.homeassistant.Entity.update;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.Topics;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Builds all entities of a device, by key in the discovery document. The key is the part of the unique id after {@code
 * efka/dev1/} or {@code efka/dev1/svc/}, so no names of services can make two keys equal.
 */
final class Entities {
    static final String DEVICE_IS_ONLINE = "{{ 'online' if value_json.online else 'offline' }}";

    /** The empty payload that a removed service leaves is not JSON. */
    static final String DOCUMENT_EXISTS = "{{ 'online' if value_json is defined else 'offline' }}";

    private static final List<String> STATES = Arrays.stream(ServiceStatus.State.values())
            .map(state -> state.name().toLowerCase(Locale.ROOT))
            .toList();

    private final Topics topics;
    private final boolean hasMetrics;
    private final Map<String, JsonObject> all = new LinkedHashMap<>();

    private Entities(Discovery.Device device) {
        this.topics = device.topics();
        this.hasMetrics = device.hasMetrics();
    }

    /**
     * The entities of the device, then of each service in the given order.
     *
     * @param hasReleases whether a service has releases: others have no update entity
     */
    static Map<String, JsonObject> of(
            Discovery.Device device, Collection<ServiceId> services, Predicate<ServiceId> hasReleases) {
        var components = new Entities(device);
        components.addDevice();
        services.forEach(id -> components.addService(id, hasReleases.test(id)));
        return components.all;
    }

    /** Availability of the device, which all its entities depend on. */
    static JsonArray deviceIsOnline(Topics topics) {
        var all = new JsonArray();
        all.add(availability(topics.device("status"), DEVICE_IS_ONLINE));
        return all;
    }

    private static JsonObject availability(String topic, String template) {
        var json = new JsonObject();
        json.addProperty("topic", topic);
        json.addProperty("value_template", template);
        return json;
    }

    private static String field(String path) {
        return "{{ value_json." + path + " }}";
    }

    private void addDevice() {
        add("started", status("Agent started", "started", "started_at").with("device_class", "timestamp"));
        if (!hasMetrics) return;
        add("cpu", metric("CPU", "cpu", "cpu_percent").measured("%"));
        add("load", metric("Load", "load", "load1").with("state_class", "measurement"));
        add("memory", bytes(metric("Memory available", "memory", "memory.available")));
        add("disk", bytes(metric("Disk available", "disk", "disk.available")));
        // Many machines have no sensor.
        add(
                "temperature",
                metric("Temperature", "temperature", "temperature")
                        .measured("°C")
                        .with("device_class", "temperature")
                        .hidden());
    }

    private Entity status(String name, String kind, String path) {
        return sensor(name, topics.device(kind), topics.device("status"), field(path))
                .diagnostic();
    }

    private Entity metric(String name, String kind, String path) {
        return sensor(name, topics.device(kind), topics.device("metrics"), field(path))
                .diagnostic();
    }

    private static Entity bytes(Entity component) {
        return component.measured("B").with("device_class", "data_size");
    }

    private void addService(ServiceId id, boolean hasReleases) {
        add(
                id,
                "switch",
                toggle(id.value(), topics.service(id, "switch"), topics.service(id, "cmd/switch"))
                        .with("payload_on", "{\"on\":true}")
                        .with("payload_off", "{\"on\":false}")
                        .reading(topics.service(id, "status"), field("desired"))
                        .with("state_on", "running")
                        .with("state_off", "stopped"));
        add(id, "state", status(id, "state", "state").options(STATES));
        add(id, "since", status(id, "since", "since").with("device_class", "timestamp"));
        add(
                id,
                "restarts",
                status(id, "restarts", "restarts")
                        .with("state_class", "total_increasing")
                        .diagnostic());
        add(id, "restart", command(id, "restart").with("device_class", "restart"));
        add(id, "reset", command(id, "reset").with("entity_category", "config"));
        if (hasReleases) add(id, "release", release(id));
        if (!hasMetrics) return;
        add(id, "cpu", metric(id, "cpu", "cpu_percent").measured("%"));
        add(id, "memory", bytes(metric(id, "memory", "rss")));
    }

    private Entity status(ServiceId id, String kind, String path) {
        return sensor(id + " " + kind, topics.service(id, kind), topics.service(id, "status"), field(path));
    }

    /** What waits because an operator holds the service goes on when somebody installs it. */
    private Entity release(ServiceId id) {
        return update(id + " release", topics.service(id, "release"), topics.service(id, "cmd/release-hold"), "{}")
                .reading(topics.service(id, "status"), ReleaseTemplate.TEXT)
                .diagnostic();
    }

    private Entity metric(ServiceId id, String kind, String path) {
        return sensor(id + " " + kind, topics.service(id, kind), topics.service(id, "metrics"), field(path))
                .diagnostic();
    }

    private Entity command(ServiceId id, String command) {
        return button(id + " " + command, topics.service(id, command), topics.service(id, "cmd/" + command));
    }

    private void add(ServiceId id, String kind, Entity component) {
        JsonArray conditions = deviceIsOnline(topics);
        conditions.add(availability(topics.service(id, "status"), DOCUMENT_EXISTS));
        add(id + "/" + kind, component.available(conditions));
    }

    private void add(String key, Entity component) {
        all.put(key, component.json());
    }
}
