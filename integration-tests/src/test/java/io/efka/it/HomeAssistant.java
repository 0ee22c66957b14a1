package io.efka.it;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.efka.fixtures.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stand-in for Home Assistant, as far as it deals with one device: it knows of it what the discovery document and the
 * topics named there say, and nothing else. Of templates it understands those that Efka writes.
 */
final class HomeAssistant implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern FIELD = Pattern.compile("\\{\\{ value_json\\.([a-z_0-9.]+) }}");
    private static final Pattern CHOICE =
            Pattern.compile("\\{\\{ '(\\w+)' if value_json(?:\\.([a-z_0-9.]+)| is defined) else '(\\w+)' }}");

    private final String config;
    private final Watcher watcher;

    HomeAssistant(TestBroker broker, String device) {
        config = "homeassistant/device/efka_" + device + "/config";
        watcher = new Watcher(broker, config, "efka/" + device + "/#");
    }

    /** Says that it has started. */
    void start() {
        watcher.publish("homeassistant/status", "online");
    }

    List<Watcher.Seen> documents() {
        return watcher.all(config);
    }

    JsonObject newest() {
        return watcher.last(config).orElseThrow();
    }

    /**
     * The entities it has by now. One that a later document leaves out stays; it goes when it is named with nothing but
     * its platform.
     */
    Map<String, JsonObject> entities() {
        var entities = new TreeMap<String, JsonObject>();
        for (Watcher.Seen document : documents()) {
            if (document.payload().length == 0) entities.clear();
            else
                document.json().getAsJsonObject("components").asMap().forEach((key, component) -> {
                    if (component.getAsJsonObject().keySet().equals(Set.of("platform"))) entities.remove(key);
                    else entities.put(key, component.getAsJsonObject());
                });
        }
        return entities;
    }

    JsonObject entity(String key) {
        return Await.value(
                "the entity " + key, LIMIT, () -> Optional.ofNullable(entities().get(key)));
    }

    void awaitGone(String key) {
        Await.until(key + " is gone", LIMIT, () -> !entities().containsKey(key));
    }

    /** What an entity shows; empty before anything came on its topic. */
    Optional<String> state(String key) {
        JsonObject entity = entity(key);
        return last(text(entity, "state_topic")).map(payload -> render(text(entity, "value_template"), payload));
    }

    void awaitState(String key, String state) {
        Await.until(
                () -> key + " shows " + state + ", not " + state(key),
                LIMIT,
                () -> state(key).filter(state::equals).isPresent());
    }

    /** Whether an entity can be used: all of its availability topics, or those of the device, say so. */
    boolean isAvailable(String key) {
        JsonObject entity = entity(key);
        JsonObject holder = entity.has("availability") ? entity : newest();
        for (JsonElement each : holder.getAsJsonArray("availability")) {
            JsonObject one = each.getAsJsonObject();
            boolean says = last(text(one, "topic"))
                    .filter(payload ->
                            render(text(one, "value_template"), payload).equals("online"))
                    .isPresent();
            if (!says) return false;
        }
        return true;
    }

    void awaitAvailable(boolean wanted) {
        Await.until(
                "all available: " + wanted,
                LIMIT,
                () -> entities().keySet().stream().allMatch(key -> isAvailable(key) == wanted));
    }

    /** Sends one of an entity's payloads to its command topic, as a person's finger would. */
    void send(String key, String payload) {
        JsonObject entity = entity(key);
        watcher.publish(text(entity, "command_topic"), text(entity, payload));
    }

    private Optional<String> last(String topic) {
        List<Watcher.Seen> all = watcher.all(topic);
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(all.get(all.size() - 1).text());
    }

    static String text(JsonObject json, String key) {
        if (!json.has(key)) throw new AssertionError("no " + key + " in " + json);
        return json.get(key).getAsString();
    }

    /** What Home Assistant would make of a payload; a field that is not there is an error. */
    static String render(String template, String payload) {
        Optional<JsonObject> json = payload.isEmpty()
                ? Optional.empty()
                : Optional.of(JsonParser.parseString(payload).getAsJsonObject());
        Matcher field = FIELD.matcher(template);
        if (field.matches()) return shown(field(json, field.group(1)));
        Matcher choice = CHOICE.matcher(template);
        if (!choice.matches()) throw new AssertionError("a template that is not understood: " + template);
        boolean holds = choice.group(2) == null
                ? json.isPresent()
                : field(json, choice.group(2)).getAsBoolean();
        return holds ? choice.group(1) : choice.group(3);
    }

    private static JsonElement field(Optional<JsonObject> json, String path) {
        JsonElement value = json.orElseThrow(() -> new AssertionError("no JSON for " + path));
        for (String name : path.split("\\.")) {
            if (!(value instanceof JsonObject object) || !object.has(name)) {
                throw new AssertionError("no " + path + " in " + json.get());
            }
            value = object.get(name);
        }
        return value;
    }

    private static String shown(JsonElement value) {
        if (value instanceof JsonNull) return "None";
        if (value instanceof JsonPrimitive primitive) return primitive.getAsString();
        throw new AssertionError("no plain value: " + value);
    }

    @Override
    public void close() {
        watcher.close();
    }
}
