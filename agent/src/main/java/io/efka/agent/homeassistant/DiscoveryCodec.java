package io.efka.agent.homeassistant;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** Writes the discovery document, and reads which entities one announces. */
final class DiscoveryCodec {
    /** Home Assistant refuses a document with an unknown platform, so entities of others are not copied blindly. */
    private static final Set<String> PLATFORMS = Set.of("switch", "sensor", "button", "update");

    private final Discovery.Target target;
    private final Discovery.Device device;

    DiscoveryCodec(Discovery.Target target, Discovery.Device device) {
        this.target = target;
        this.device = device;
    }

    /**
     * Writes the document.
     *
     * @param components existing entities by key
     * @param retracted key and platform of removed entities: if they were just left out, Home Assistant would keep them
     */
    byte[] write(Map<String, JsonObject> components, Map<String, String> retracted) {
        var all = new JsonObject();
        components.forEach(all::add);
        retracted.forEach((key, platform) -> all.add(key, onlyPlatform(platform)));
        var json = new JsonObject();
        json.add("device", device());
        json.add("origin", origin());
        json.add("availability", Entities.deviceIsOnline(device.topics()));
        json.add("components", all);
        return JsonWriter.bytes(json);
    }

    /**
     * Removes what does not fit, from the end: a device without its last services is better than none. Retractions come
     * before entities, since they are small and needed only once.
     *
     * @param components in the order of {@link Entities#of}; changed
     * @param retracted changed
     * @param bytes limit of the document; even an empty one may be larger
     * @return how many entities were removed
     */
    int fit(Map<String, JsonObject> components, Map<String, String> retracted, long bytes) {
        int before = components.size();
        long room = bytes - write(Map.of(), Map.of()).length;
        room = keep(retracted, room, (key, platform) -> entry(key, onlyPlatform(platform)));
        keep(components, room, DiscoveryCodec::entry);
        return before - components.size();
    }

    private static <T> long keep(Map<String, T> all, long room, BiFunction<String, T, JsonObject> written) {
        long left = room;
        boolean isFull = false;
        for (Iterator<Map.Entry<String, T>> each = all.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<String, T> entry = each.next();
            // Counts the braces of the entry instead of the comma: one byte too many.
            long size = isFull ? 0 : JsonWriter.bytes(written.apply(entry.getKey(), entry.getValue())).length;
            isFull |= size > left;
            if (isFull) each.remove();
            else left -= size;
        }
        return left;
    }

    private static JsonObject entry(String key, JsonObject component) {
        var json = new JsonObject();
        json.add(key, component);
        return json;
    }

    private static JsonObject onlyPlatform(String platform) {
        var json = new JsonObject();
        json.addProperty("platform", platform);
        return json;
    }

    private JsonObject device() {
        var json = new JsonObject();
        var identifiers = new JsonArray();
        identifiers.add(target.identity());
        json.add("identifiers", identifiers);
        json.addProperty("name", device.topics().device().value());
        json.addProperty("manufacturer", "Efka");
        json.addProperty("model", device.machine().os());
        json.addProperty("sw_version", device.version().value());
        return json;
    }

    private JsonObject origin() {
        var json = new JsonObject();
        json.addProperty("name", "efka");
        json.addProperty("sw_version", device.version().value());
        return json;
    }

    static String platform(JsonObject component) {
        return component.get("platform").getAsString();
    }

    /** Key and platform of the entities that a document announces; none if it is not in our form. */
    static Map<String, String> read(byte[] payload) {
        var announced = new TreeMap<String, String>();
        components(payload).asMap().forEach((key, element) -> {
            if (element instanceof JsonObject component
                    && component.size() > 1
                    && component.get("platform") instanceof JsonPrimitive platform
                    && PLATFORMS.contains(platform.getAsString())) {
                announced.put(key, platform.getAsString());
            }
        });
        return announced;
    }

    private static JsonObject components(byte[] payload) {
        try {
            JsonElement json = JsonParser.parseString(new String(payload, StandardCharsets.UTF_8));
            if (json instanceof JsonObject document && document.get("components") instanceof JsonObject components) {
                return components;
            }
        } catch (JsonParseException notOurs) {
            // Written by somebody else: it announces nothing of ours.
        }
        return new JsonObject();
    }
}
