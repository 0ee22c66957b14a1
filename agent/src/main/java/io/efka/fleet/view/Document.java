package io.efka.fleet.view;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.json.StrictJson.NotJsonException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.StreamSupport;

/**
 * A JSON object that somebody published. Reading a key that is missing, or is something else than expected, gives nothing.
 *
 * @param json treat it as read-only
 */
public record Document(JsonObject json) {
    private static final BigDecimal LARGEST = BigDecimal.valueOf(Long.MAX_VALUE);

    private static final Instant FIRST_TIME = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999999999Z");

    /** Without any key. */
    public static final Document EMPTY = new Document(new JsonObject());

    /** Empty if the payload is no JSON object. */
    public static Optional<Document> parse(byte[] payload) {
        try {
            JsonElement root = StrictJson.parse(new String(payload, StandardCharsets.UTF_8))
                    .root();
            return root instanceof JsonObject object ? Optional.of(new Document(object)) : Optional.empty();
        } catch (NotJsonException e) {
            return Optional.empty();
        }
    }

    public Optional<String> text(String key) {
        return primitive(key).filter(JsonPrimitive::isString).map(JsonPrimitive::getAsString);
    }

    /** A whole number; a fraction is cut off. */
    public OptionalLong number(String key) {
        try {
            return primitive(key)
                    .filter(JsonPrimitive::isNumber)
                    .map(JsonPrimitive::getAsBigDecimal)
                    .filter(value -> value.abs().compareTo(LARGEST) <= 0)
                    .map(value -> OptionalLong.of(value.longValue()))
                    .orElse(OptionalLong.empty());
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** A number, with what is behind the point. */
    public OptionalDouble decimal(String key) {
        try {
            return primitive(key)
                    .filter(JsonPrimitive::isNumber)
                    .map(JsonPrimitive::getAsDouble)
                    .filter(Double::isFinite)
                    .map(OptionalDouble::of)
                    .orElse(OptionalDouble.empty());
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    /** Whether the key is {@code true}. */
    public boolean flag(String key) {
        return primitive(key)
                .filter(JsonPrimitive::isBoolean)
                .map(JsonPrimitive::getAsBoolean)
                .orElse(false);
    }

    /** A time of a year with four digits: others cannot be calculated with everywhere, or shown. */
    public Optional<Instant> instant(String key) {
        return text(key).flatMap(Document::time);
    }

    /** The same of a text. */
    public static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.parse(text))
                    .filter(time -> !time.isBefore(FIRST_TIME) && !time.isAfter(LAST_TIME));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The object at the key, without any key if it is none. */
    public Document object(String key) {
        return json.get(key) instanceof JsonObject object ? new Document(object) : EMPTY;
    }

    /** Whether there is anything but null at the key. */
    public boolean has(String key) {
        return json.has(key) && !json.get(key).isJsonNull();
    }

    /** The strings of the list at the key. */
    public List<String> texts(String key) {
        if (!(json.get(key) instanceof JsonArray list)) return List.of();
        return StreamSupport.stream(list.spliterator(), false)
                .filter(one -> one instanceof JsonPrimitive value && value.isString())
                .map(JsonElement::getAsString)
                .toList();
    }

    /** The objects of the list at the key. */
    public List<Document> objects(String key) {
        if (!(json.get(key) instanceof JsonArray list)) return List.of();
        return StreamSupport.stream(list.spliterator(), false)
                .filter(JsonObject.class::isInstance)
                .map(one -> new Document((JsonObject) one))
                .toList();
    }

    private Optional<JsonPrimitive> primitive(String key) {
        return json.get(key) instanceof JsonPrimitive value ? Optional.of(value) : Optional.empty();
    }

    @Override
    public String toString() {
        return json.toString();
    }
}
