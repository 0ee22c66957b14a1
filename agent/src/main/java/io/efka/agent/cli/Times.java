package io.efka.agent.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads spans of time as an operator writes them: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 24h}, {@code 7d}. */
final class Times {
    /** Seven digits: no unit of ours overflows with them. */
    private static final Pattern SHAPE = Pattern.compile("(\\d{1,7})(ms|s|m|h|d)");

    private Times() {}

    /** Reads {@code text}; {@code 0} needs no unit. */
    static Duration parse(String text) {
        if (text.equals("0")) return Duration.ZERO;
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be a number and a unit (ms, s, m, h, d), as in 30s");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    /** Reads {@code text}, which must be from {@code least} to {@code most}. */
    static Duration between(String least, String most, String text) {
        Duration time = parse(text);
        if (time.compareTo(parse(least)) < 0 || time.compareTo(parse(most)) > 0) {
            throw new IllegalArgumentException("must be from " + least + " to " + most);
        }
        return time;
    }
}
