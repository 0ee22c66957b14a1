package io.efka.agent.homeassistant;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.efka.agent.telemetry.JsonCodec;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes the discovery document, and reads which entities one announces. */
final class DiscoveryCodec {
    /** One unknown platform, and Home Assistant refuses the whole document: what others wrote is not repeated blindly. */
    private static final Set<String> PLATFORMS = Set.of("switch", "sensor", "button");

    private final Place place;
    private final Card card;

    DiscoveryCodec(Place place, Card card) {
        this.place = place;
        this.card = card;
    }

    /**
     * The document.
     *
     * @param components the entities there are, by key
     * @param retracted entities that are no more, key and platform: left out alone, Home Assistant would keep them
     */
    byte[] write(Map<String, JsonObject> components, Map<String, String> retracted) {
        var all = new JsonObject();
        components.forEach(all::add);
        retracted.forEach((key, platform) -> all.add(key, onlyPlatform(platform)));
        var json = new JsonObject();
        json.add("device", device());
        json.add("origin", origin());
        json.add("availability", Components.deviceIsOnline(card.topics()));
        json.add("components", all);
        return JsonCodec.bytes(json);
    }

    private static JsonObject onlyPlatform(String platform) {
        var json = new JsonObject();
        json.addProperty("platform", platform);
        return json;
    }

    private JsonObject device() {
        var json = new JsonObject();
        var identifiers = new JsonArray();
        identifiers.add(place.identity());
        json.add("identifiers", identifiers);
        json.addProperty("name", card.topics().device().value());
        json.addProperty("manufacturer", "Efka");
        json.addProperty("model", card.machine().os());
        json.addProperty("sw_version", card.version().value());
        return json;
    }

    private JsonObject origin() {
        var json = new JsonObject();
        json.addProperty("name", "efka");
        json.addProperty("sw_version", card.version().value());
        return json;
    }

    static String platform(JsonObject component) {
        return component.get("platform").getAsString();
    }

    /** The entities that a document announces, key and platform; none if it is no document of ours. */
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
            // Somebody else wrote it: it announces nothing of ours.
        }
        return new JsonObject();
    }
}
