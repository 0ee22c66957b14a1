package io.efka.protocol.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Turns plain values into the JSON of the protocol. */
public final class JsonWriter {
    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private JsonWriter() {}

    /** RFC 3339, UTC, with exactly three digits of a second: {@code 2026-11-22T20:15:00.120Z}. */
    public static String timestamp(Instant instant) {
        return MILLISECONDS.format(instant);
    }

    /** The bytes of a payload: UTF-8, nulls written out. */
    public static byte[] bytes(JsonObject document) {
        return document.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** An object of the map's entries, in its order; values as in {@link #value}. */
    public static JsonObject object(Map<?, ?> fields) {
        var object = new JsonObject();
        fields.forEach((name, value) -> object.add(String.valueOf(name), value(value)));
        return object;
    }

    /**
     * Strings, numbers, booleans, instants, durations (in milliseconds), optionals, and collections and maps of them;
     * anything else by its {@code toString}. An empty optional and a number that JSON cannot express become null.
     */
    public static JsonElement value(@Nullable Object value) {
        if (value == null) return JsonNull.INSTANCE;
        if (value instanceof JsonElement element) return element;
        if (value instanceof Number number) return number(number);
        if (value instanceof Boolean fact) return new JsonPrimitive(fact);
        if (value instanceof Instant instant) return new JsonPrimitive(timestamp(instant));
        if (value instanceof Duration duration) return new JsonPrimitive(duration.toMillis());
        if (value instanceof Optional<?> optional) return value(optional.orElse(null));
        if (value instanceof OptionalInt optional) return value(optional.isPresent() ? optional.getAsInt() : null);
        if (value instanceof OptionalLong optional) return value(optional.isPresent() ? optional.getAsLong() : null);
        if (value instanceof OptionalDouble optional)
            return value(optional.isPresent() ? optional.getAsDouble() : null);
        if (value instanceof Map<?, ?> map) return object(map);
        if (value instanceof Collection<?> collection) return array(collection);
        return new JsonPrimitive(value.toString());
    }

    private static JsonArray array(Collection<?> collection) {
        var array = new JsonArray();
        collection.forEach(value -> array.add(value(value)));
        return array;
    }

    private static JsonElement number(Number number) {
        return Double.isFinite(number.doubleValue()) ? new JsonPrimitive(number) : JsonNull.INSTANCE;
    }
}
