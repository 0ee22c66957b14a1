package io.efka.protocol;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The one grammar for durations, in manifests, settings and commands: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}, {@code 7d}. */
public final class Durations {
    /** Longer than anything waits; keeps sums of durations far from overflow. */
    public static final Duration LONGEST = Duration.ofDays(365);

    /** What a fault says would be right. */
    public static final String EXAMPLES = "such as \"500ms\", \"10s\", \"5m\", \"1h\" or \"7d\"";

    // 11 digits hold a year in milliseconds, and no unit overflows with them.
    private static final Pattern SHAPE = Pattern.compile("(\\d{1,11}) ?(ms|s|m|h|d)");

    private Durations() {}

    /** Reads a whole number and its unit, from 0 to 365 days; empty for anything else. */
    public static Optional<Duration> parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) return Optional.empty();
        Duration duration = of(Long.parseLong(matcher.group(1)), matcher.group(2));
        return duration.compareTo(LONGEST) > 0 ? Optional.empty() : Optional.of(duration);
    }

    /** As it would be written: the largest unit that is exact. Less than a millisecond is left out. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0 || millis == 0) return millis + "ms";
        long seconds = millis / 1000;
        if (seconds % 60 != 0) return seconds + "s";
        long minutes = seconds / 60;
        if (minutes % 60 != 0) return minutes + "m";
        long hours = minutes / 60;
        return hours % 24 != 0 ? hours + "h" : hours / 24 + "d";
    }

    private static Duration of(long number, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }
}
