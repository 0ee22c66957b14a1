package io.efka.agent.homeassistant;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;

/** One entity of the discovery document. Each method adds to it and returns it. */
final class Entity {
    private final JsonObject json = new JsonObject();

    private Entity(String platform, String name, String uniqueId) {
        json.addProperty("platform", platform);
        json.addProperty("name", name);
        json.addProperty("unique_id", uniqueId);
    }

    /** Shows a value from a topic. JSON null becomes {@code None}, which Home Assistant shows as "unknown". */
    static Entity sensor(String name, String uniqueId, String topic, String template) {
        return new Entity("sensor", name, uniqueId).reading(topic, template);
    }

    static Entity toggle(String name, String uniqueId, String commandTopic) {
        return new Entity("switch", name, uniqueId).commanding(commandTopic);
    }

    static Entity button(String name, String uniqueId, String commandTopic) {
        return new Entity("button", name, uniqueId).commanding(commandTopic).with("payload_press", "{}");
    }

    /** Shows what is installed and what could be; {@code payload} goes to the command topic when a person installs that. */
    static Entity update(String name, String uniqueId, String commandTopic, String payload) {
        return new Entity("update", name, uniqueId).commanding(commandTopic).with("payload_install", payload);
    }

    Entity reading(String topic, String template) {
        return with("state_topic", topic).with("value_template", template).acknowledged();
    }

    private Entity commanding(String topic) {
        return with("command_topic", topic).acknowledged();
    }

    /** QoS 1 for states and commands: a command is stored before it is acknowledged. */
    private Entity acknowledged() {
        json.addProperty("qos", 1);
        return this;
    }

    Entity with(String key, String value) {
        json.addProperty(key, value);
        return this;
    }

    /** A measurement that goes up and down. */
    Entity measured(String unit) {
        return with("unit_of_measurement", unit).with("state_class", "measurement");
    }

    Entity diagnostic() {
        return with("entity_category", "diagnostic");
    }

    /** Disabled until a person enables it. */
    Entity hidden() {
        json.addProperty("enabled_by_default", false);
        return this;
    }

    Entity options(List<String> words) {
        var options = new JsonArray();
        words.forEach(options::add);
        json.add("options", options);
        return with("device_class", "enum");
    }

    /** Available only while all these conditions hold. */
    Entity available(JsonArray conditions) {
        json.add("availability", conditions);
        return with("availability_mode", "all");
    }

    JsonObject json() {
        return json;
    }
}
