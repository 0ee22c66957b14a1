package io.efka.agent.homeassistant;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;

/** One entity as the discovery document describes it. Each method adds to it and returns it. */
final class Entity {
    private final JsonObject json = new JsonObject();

    private Entity(String platform, String name, String uniqueId) {
        json.addProperty("platform", platform);
        json.addProperty("name", name);
        json.addProperty("unique_id", uniqueId);
    }

    /** Shows what is said on a topic; Home Assistant takes the {@code None} that a JSON null becomes for "unknown". */
    static Entity sensor(String name, String uniqueId, String topic, String template) {
        return new Entity("sensor", name, uniqueId).reading(topic, template);
    }

    static Entity toggle(String name, String uniqueId, String commandTopic) {
        return new Entity("switch", name, uniqueId).commanding(commandTopic);
    }

    static Entity button(String name, String uniqueId, String commandTopic) {
        return new Entity("button", name, uniqueId).commanding(commandTopic).with("payload_press", "{}");
    }

    Entity reading(String topic, String template) {
        return with("state_topic", topic).with("value_template", template).acknowledged();
    }

    private Entity commanding(String topic) {
        return with("command_topic", topic).acknowledged();
    }

    /** QoS 1, for what is read and for what is commanded: a command is durable before it is acknowledged. */
    private Entity acknowledged() {
        json.addProperty("qos", 1);
        return this;
    }

    Entity with(String key, String value) {
        json.addProperty(key, value);
        return this;
    }

    /** A quantity that goes up and down. */
    Entity measured(String unit) {
        return with("unit_of_measurement", unit).with("state_class", "measurement");
    }

    Entity diagnostic() {
        return with("entity_category", "diagnostic");
    }

    /** Shown only to those who switch it on. */
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

    /** It is there only while all of these say so. */
    Entity available(JsonArray whileAllSay) {
        json.add("availability", whileAllSay);
        return with("availability_mode", "all");
    }

    JsonObject json() {
        return json;
    }
}
