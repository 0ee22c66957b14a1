package io.efka.agent.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.agent.install.Spelling;
import io.efka.agent.service.Fault;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The arguments of a command, read by name and type. A key that is {@code null} counts as left out; a wrong type is a
 * {@code bad_argument} that names the key, the value and what would be right. Immutable as long as nobody keeps the
 * object it was made from.
 */
public final class Arguments {
    // 18 digits always fit a long, and nothing an argument counts needs more.
    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,18}");

    // A typing error makes one or two; more is garbage, which the reply need not repeat.
    private static final int MAX_WARNINGS = 16;

    private final String path;
    private final JsonObject object;

    Arguments(JsonObject object) {
        this("", object);
    }

    private Arguments(String path, JsonObject object) {
        this.path = path;
        this.object = object;
    }

    /** No argument at all. */
    public static Arguments none() {
        return new Arguments(new JsonObject());
    }

    Set<String> keys() {
        return object.keySet();
    }

    Optional<String> string(String key) throws Refusal {
        Optional<JsonElement> value = value(key);
        if (value.isEmpty()) return Optional.empty();
        if (value.get() instanceof JsonPrimitive primitive && primitive.isString()) {
            return Optional.of(primitive.getAsString());
        }
        throw wrong(key, "a string");
    }

    /** @param right what would be right, for the message: {@code a signal's name, as in "HUP"} */
    String required(String key, String right) throws Refusal {
        Optional<String> value = string(key);
        if (value.isPresent()) return value.get();
        throw wrong(key, right);
    }

    OptionalLong whole(String key, long min, long max) throws Refusal {
        Optional<JsonElement> value = value(key);
        if (value.isEmpty()) return OptionalLong.empty();
        if (value.get() instanceof JsonPrimitive primitive
                && primitive.isNumber()
                && WHOLE.matcher(primitive.getAsString()).matches()) {
            long number = Long.parseLong(primitive.getAsString());
            if (number >= min && number <= max) return OptionalLong.of(number);
        }
        throw wrong(key, "a whole number from " + min + " to " + max);
    }

    Optional<Instant> time(String key) throws Refusal {
        Optional<String> text = string(key);
        if (text.isEmpty()) return Optional.empty();
        try {
            return Optional.of(OffsetDateTime.parse(text.get()).toInstant());
        } catch (DateTimeParseException e) {
            throw wrong(key, "a time as in \"2026-11-22T10:00:00Z\"");
        }
    }

    /** Any JSON value. */
    Optional<JsonElement> any(String key) {
        return value(key);
    }

    boolean flag(String key, boolean otherwise) throws Refusal {
        return value(key).isPresent() ? flag(key) : otherwise;
    }

    /** One that has to be there. */
    boolean flag(String key) throws Refusal {
        if (object.get(key) instanceof JsonPrimitive primitive && primitive.isBoolean())
            return primitive.getAsBoolean();
        throw wrong(key, "true or false");
    }

    /** The arguments within an object; messages then name {@code key.inner}. */
    Optional<Arguments> object(String key) throws Refusal {
        Optional<JsonElement> value = value(key);
        if (value.isEmpty()) return Optional.empty();
        if (value.get() instanceof JsonObject inner) return Optional.of(new Arguments(path + key + ".", inner));
        throw wrong(key, "an object");
    }

    /** The whole object, a copy. */
    JsonObject content() {
        return object.deepCopy();
    }

    /** The whole object as JSON text. */
    String json() {
        return object.toString();
    }

    /** One sentence for every key that is not among {@code known}, 16 at most. */
    List<String> strangers(Collection<String> known) {
        var warnings = new ArrayList<String>();
        for (String key : object.keySet()) {
            if (!known.contains(key) && warnings.size() < MAX_WARNINGS) {
                warnings.add("unknown argument " + PayloadCodec.shown(path + key) + " was ignored"
                        + Spelling.hint(key, known));
            }
        }
        return warnings;
    }

    Refusal wrong(String key, String right) {
        String was = value(key).map(value -> PayloadCodec.shown(value)).orElse("missing");
        return Refusal.of(ErrorCode.BAD_ARGUMENT, new Fault(path + key, was, "must be " + right));
    }

    private Optional<JsonElement> value(String key) {
        return Optional.ofNullable(object.get(key)).filter(value -> !value.isJsonNull());
    }
}
