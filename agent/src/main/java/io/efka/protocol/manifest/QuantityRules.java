package io.efka.protocol.manifest;

import com.google.gson.JsonElement;
import io.efka.protocol.Durations;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules for {@linkplain Durations durations} and sizes ({@code 64KiB}, or a number of bytes). */
final class QuantityRules {
    /** 1 PiB: above any device's disk; keeps sums of sizes far from overflow. */
    static final long LARGEST = 1L << 50;

    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,15}) ?([A-Za-z]+)");

    private static final Map<String, Long> SIZES = Map.of(
            "B", 1L,
            "KiB", 1L << 10,
            "MiB", 1L << 20,
            "GiB", 1L << 30,
            "kB", 1_000L,
            "KB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L);

    /** A duration longer than nothing. */
    static final ValueRule<Duration> DURATION = ValueRules.parsed(
            "must be a duration above 0, up to 365d, " + Durations.EXAMPLES,
            text -> Durations.parse(text).filter(duration -> !duration.isZero()));

    /** A duration that may be nothing. */
    static final ValueRule<Duration> DURATION_OR_ZERO =
            ValueRules.parsed("must be a duration from \"0s\" to \"365d\", " + Durations.EXAMPLES, Durations::parse);

    private QuantityRules() {}

    /** A number of bytes. */
    static ValueRule<Long> size(long min, long max) {
        String expected =
                "must be a size such as \"64KiB\", \"16MiB\" or a number of bytes, from " + min + " to " + max;
        return (value, place) -> {
            Optional<Long> bytes = bytes(value).filter(amount -> amount >= min && amount <= max);
            return bytes.isPresent() ? bytes : place.unfit(value, expected);
        };
    }

    private static Optional<Long> bytes(JsonElement value) {
        OptionalLong number = ValueRules.whole(value);
        if (number.isPresent()) return Optional.of(number.getAsLong());
        return ValueRules.string(value).flatMap(QuantityRules::bytes);
    }

    private static Optional<Long> bytes(String text) {
        Matcher parts = AMOUNT.matcher(text);
        if (!parts.matches()) return Optional.empty();
        long amount = Long.parseLong(parts.group(1));
        return Optional.ofNullable(SIZES.get(parts.group(2)))
                .filter(unit -> amount <= LARGEST / unit)
                .map(unit -> amount * unit);
    }
}
