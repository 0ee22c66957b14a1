package io.efka.fleet.desired;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.Durations;
import io.efka.protocol.Spelling;
import io.efka.protocol.json.JsonExcerpt;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** The keys of an object that an operator wrote. {@code null} counts as missing, as devices have it. */
record Fields(String path, JsonObject json) {
    private static final Pattern WHOLE = Pattern.compile("\\d{1,18}");

    boolean has(String key) {
        return json.has(key) && !json.get(key).isJsonNull();
    }

    Optional<JsonElement> any(String key) {
        return has(key) ? Optional.of(json.get(key)) : Optional.empty();
    }

    Optional<String> text(String key) {
        return any(key).map(value -> {
            if (value instanceof JsonPrimitive text && text.isString()) return text.getAsString();
            throw wrong(key, "a string");
        });
    }

    boolean flag(String key, boolean otherwise) {
        return any(key).map(value -> {
                    if (value instanceof JsonPrimitive flag && flag.isBoolean()) return flag.getAsBoolean();
                    throw wrong(key, "true or false");
                })
                .orElse(otherwise);
    }

    Optional<Fields> object(String key) {
        return any(key).map(value -> {
            if (value instanceof JsonObject object) return new Fields(path + key + ".", object);
            throw wrong(key, "an object");
        });
    }

    OptionalLong whole(String key, long min, long max) {
        if (!has(key)) return OptionalLong.empty();
        if (json.get(key) instanceof JsonPrimitive number
                && number.isNumber()
                && WHOLE.matcher(number.getAsString()).matches()) {
            long value = Long.parseLong(number.getAsString());
            if (value >= min && value <= max) return OptionalLong.of(value);
        }
        throw wrong(key, "a whole number from " + min + " to " + max);
    }

    void requireDuration(String key, Duration most, String right) {
        boolean isRight = text(key)
                .flatMap(Durations::parse)
                .map(value -> value.compareTo(most) <= 0)
                .orElse(!has(key));
        if (!isRight) throw wrong(key, right + ", " + Durations.EXAMPLES);
    }

    void requireTime(String key) {
        try {
            text(key).ifPresent(OffsetDateTime::parse);
        } catch (DateTimeException e) {
            throw wrong(key, "a time as in \"2026-11-22T10:00:00Z\"");
        }
    }

    /** A word that is one of these, if it is given. */
    void requireOneOf(String key, Set<String> words, String right) {
        if (has(key) && !text(key).filter(words::contains).isPresent()) throw wrong(key, right);
    }

    void requireKnown(Set<String> known) {
        for (String key : json.keySet()) {
            if (!known.contains(key)) {
                throw wrong(key, "left out: devices do not know it" + Spelling.hint(key, known));
            }
        }
    }

    IllegalArgumentException wrong(String key, String right) {
        String was = any(key).map(JsonExcerpt::of).orElse("missing");
        return new IllegalArgumentException(JsonExcerpt.cut(path + key, 200) + " must be " + right + ", was " + was);
    }
}
