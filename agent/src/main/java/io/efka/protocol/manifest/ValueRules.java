package io.efka.protocol.manifest;

import com.google.gson.JsonElement;
import io.efka.protocol.Durations;
import io.efka.protocol.Sizes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What values must look like: text, numbers, words, {@linkplain Durations durations}, sizes, lists and maps. */
public final class ValueRules {
    /** What one kind of value must look like. */
    @FunctionalInterface
    interface Rule<T> {

        /** Reads {@code value}; one that does not fit is reported at {@code place} and comes back empty. */
        Optional<T> read(JsonElement value, Diagnostics.Location place);
    }

    /** Any text that can be handed to a process: the kernel ends it at a NUL. */
    static final Rule<String> TEXT = text("must be a string without NUL", text -> true);

    static final Rule<Boolean> FLAG = (value, place) ->
            value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean()
                    ? Optional.of(value.getAsBoolean())
                    : place.unfit(value, "must be true or false");

    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,18}");

    /** No decimal that somebody means is longer; parsing one of any length would take time as its square. */
    private static final int MAX_DECIMAL = 32;

    static final long LARGEST = Sizes.LARGEST;

    /** A duration longer than nothing. */
    static final Rule<Duration> DURATION = parsed(
            "must be a duration above 0, up to 365d, " + Durations.EXAMPLES,
            text -> Durations.parse(text).filter(duration -> !duration.isZero()));

    /** A duration that may be nothing. */
    static final Rule<Duration> DURATION_OR_ZERO =
            parsed("must be a duration from \"0s\" to \"365d\", " + Durations.EXAMPLES, Durations::parse);

    private ValueRules() {}

    /** A string that passes {@code fits}. */
    static Rule<String> text(String expected, Predicate<String> fits) {
        return parsed(expected, text -> fits.test(text) ? Optional.of(text) : Optional.empty());
    }

    /** A string that {@code parse} understands. */
    static <T> Rule<T> parsed(String expected, Function<String, Optional<T>> parse) {
        return (value, place) -> {
            Optional<T> read = string(value).flatMap(parse);
            return read.isPresent() ? read : place.unfit(value, expected);
        };
    }

    /** One of an enum's constants, written in lower case with {@code -} for {@code _}. */
    static <E extends Enum<E>> Rule<E> oneOf(Class<E> type) {
        var words = new LinkedHashMap<String, E>();
        var expected = new StringJoiner(", ", "must be one of ", "");
        for (E constant : type.getEnumConstants()) {
            String word = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            words.put(word, constant);
            expected.add('"' + word + '"');
        }
        return parsed(expected.toString(), word -> Optional.ofNullable(words.get(word)));
    }

    /** A whole number; {@code 3.0} and {@code 1e3} are not written as one. */
    static Rule<Long> whole(long min, long max) {
        String expected = "must be a whole number from " + min + " to " + max;
        return (value, place) -> {
            OptionalLong number = whole(value);
            return number.isPresent() && number.getAsLong() >= min && number.getAsLong() <= max
                    ? Optional.of(number.getAsLong())
                    : place.unfit(value, expected);
        };
    }

    /** A number above zero, up to {@code max}. */
    static Rule<Double> positive(int max) {
        String expected = "must be a number above 0, up to " + max;
        return (value, place) -> {
            OptionalDouble number = decimal(value);
            return number.isPresent() && number.getAsDouble() > 0 && number.getAsDouble() <= max
                    ? Optional.of(number.getAsDouble())
                    : place.unfit(value, expected);
        };
    }

    /** A number of bytes. */
    static Rule<Long> size(long min, long max) {
        String expected =
                "must be a size such as \"64KiB\", \"16MiB\" or a number of bytes, from " + min + " to " + max;
        return (value, place) -> {
            Optional<Long> bytes = bytes(value).filter(amount -> amount >= min && amount <= max);
            return bytes.isPresent() ? bytes : place.unfit(value, expected);
        };
    }

    private static Optional<Long> bytes(JsonElement value) {
        OptionalLong number = whole(value);
        if (number.isPresent()) return Optional.of(number.getAsLong());
        return string(value).flatMap(Sizes::parse);
    }

    /** A list whose items all fit; each one that does not is reported. */
    static <T> Rule<List<T>> listOf(Rule<T> item, String expected) {
        return (value, place) -> {
            if (!value.isJsonArray()) return place.unfit(value, expected);
            var items = new ArrayList<T>();
            int index = 0;
            for (JsonElement element : value.getAsJsonArray()) {
                item.read(element, place.item(index++)).ifPresent(items::add);
            }
            return Optional.of(items);
        };
    }

    /** One item, or a list of them; each one that does not fit is reported. */
    static <T> Rule<List<T>> oneOrMore(Rule<T> item, String expected) {
        Rule<List<T>> list = listOf(item, expected);
        return (value, place) -> value.isJsonArray() || value.isJsonObject()
                ? list.read(value, place)
                : item.read(value, place).map(List::of);
    }

    /** An object of strings whose names fit; each entry that does not is reported. */
    static Rule<Map<String, String>> mapOfText(Predicate<String> nameFits, String expectedName, String expected) {
        return (value, place) -> {
            if (!value.isJsonObject()) return place.unfit(value, expected);
            var entries = new LinkedHashMap<String, String>();
            value.getAsJsonObject().asMap().forEach((name, element) -> {
                Diagnostics.Location at = place.child(name);
                if (nameFits.test(name)) TEXT.read(element, at).ifPresent(text -> entries.put(name, text));
                else at.unfit(element, expectedName);
            });
            return Optional.of(entries);
        };
    }

    /** The number that {@code value} is, if it is a whole one of at most 18 digits. */
    static OptionalLong whole(JsonElement value) {
        if (!isNumber(value) || !WHOLE.matcher(value.getAsString()).matches()) return OptionalLong.empty();
        return OptionalLong.of(Long.parseLong(value.getAsString()));
    }

    /** The string that {@code value} is, if a process can be given it. */
    static Optional<String> string(JsonElement value) {
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) return Optional.empty();
        String text = value.getAsString();
        return isPassable(text) ? Optional.of(text) : Optional.empty();
    }

    /** Whether text survives on its way to a process: no NUL, and no half of a surrogate pair. */
    public static boolean isPassable(String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static OptionalDouble decimal(JsonElement value) {
        if (!isNumber(value) || value.getAsString().length() > MAX_DECIMAL) return OptionalDouble.empty();
        return OptionalDouble.of(Double.parseDouble(value.getAsString()));
    }

    private static boolean isNumber(JsonElement value) {
        return value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
    }
}
