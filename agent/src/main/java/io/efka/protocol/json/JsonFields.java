package io.efka.protocol.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a JSON document that the agent itself has written, with errors that name them. */
public final class JsonFields {
    private JsonFields() {}

    /**
     * Parses a document and checks its {@code v}.
     *
     * @throws IllegalArgumentException if it is no JSON object, or of another version
     */
    public static JsonObject document(String text, int version) {
        JsonObject json = parse(text);
        int found = number(json, "v").intValue();
        if (found != version) {
            throw new IllegalArgumentException("its version is " + found + ", this agent knows " + version);
        }
        return json;
    }

    private static JsonObject parse(String document) {
        try {
            JsonElement element = JsonParser.parseString(document);
            if (element instanceof JsonObject object) return object;
            throw new IllegalArgumentException("it must be a JSON object");
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("it is not JSON: " + e.getMessage(), e);
        }
    }

    public static String text(JsonObject json, String name) {
        JsonElement element = json.get(name);
        if (element != null
                && element.isJsonPrimitive()
                && element.getAsJsonPrimitive().isString()) {
            return element.getAsString();
        }
        throw wrong(name, "a string", element);
    }

    public static Number number(JsonObject json, String name) {
        JsonElement element = json.get(name);
        if (element != null
                && element.isJsonPrimitive()
                && element.getAsJsonPrimitive().isNumber()) {
            return element.getAsNumber();
        }
        throw wrong(name, "a number", element);
    }

    public static boolean flag(JsonObject json, String name) {
        JsonElement element = json.get(name);
        if (element != null
                && element.isJsonPrimitive()
                && element.getAsJsonPrimitive().isBoolean()) {
            return element.getAsBoolean();
        }
        throw wrong(name, "true or false", element);
    }

    public static Instant instant(JsonObject json, String name) {
        return Instant.parse(text(json, name));
    }

    public static <E extends Enum<E>> E choice(JsonObject json, String name, Class<E> choices) {
        return Enum.valueOf(choices, text(json, name));
    }

    public static Optional<JsonObject> object(JsonObject json, String name) {
        if (!json.has(name)) return Optional.empty();
        if (json.get(name) instanceof JsonObject object) return Optional.of(object);
        throw wrong(name, "an object", json.get(name));
    }

    public static List<String> texts(JsonObject json, String name) {
        if (!(json.get(name) instanceof JsonArray array)) throw wrong(name, "a list", json.get(name));
        var texts = new ArrayList<String>();
        for (JsonElement element : array) texts.add(element.getAsString());
        return texts;
    }

    private static IllegalArgumentException wrong(String name, String expected, @Nullable JsonElement found) {
        return new IllegalArgumentException(name + " must be " + expected + ", was "
                + (found == null ? "missing" : found.getClass().getSimpleName()));
    }
}
