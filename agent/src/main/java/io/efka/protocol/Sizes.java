package io.efka.protocol;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The one grammar for sizes, in manifests and settings: {@code 64KiB}, {@code 16MiB}, {@code 1GB}. */
public final class Sizes {
    /** 1 PiB: above any device's disk; keeps sums of sizes far from overflow. */
    public static final long LARGEST = 1L << 50;

    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,15}) ?([A-Za-z]+)");

    private static final Map<String, Long> UNITS = Map.of(
            "B", 1L,
            "KiB", 1L << 10,
            "MiB", 1L << 20,
            "GiB", 1L << 30,
            "kB", 1_000L,
            "KB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L);

    private Sizes() {}

    /** Reads a whole number and its unit, in bytes; empty for anything else, and for more than a PiB. */
    public static Optional<Long> parse(String text) {
        Matcher parts = AMOUNT.matcher(text);
        if (!parts.matches()) return Optional.empty();
        long amount = Long.parseLong(parts.group(1));
        return Optional.ofNullable(UNITS.get(parts.group(2)))
                .filter(unit -> amount <= LARGEST / unit)
                .map(unit -> amount * unit);
    }

    /** As it would be written: the largest binary unit that is exact. */
    public static String format(long bytes) {
        if (bytes == 0 || bytes % (1L << 10) != 0) return bytes + "B";
        if (bytes % (1L << 20) != 0) return (bytes >> 10) + "KiB";
        return bytes % (1L << 30) != 0 ? (bytes >> 20) + "MiB" : (bytes >> 30) + "GiB";
    }
}
