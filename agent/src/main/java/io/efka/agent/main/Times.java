package io.efka.agent.main;

import io.efka.protocol.Durations;
import java.time.Duration;

/** Reads a setting's duration; what is wrong is an exception whose message says what would be right. */
final class Times {
    private Times() {}

    /** Reads {@code text}; {@code 0} needs no unit. */
    static Duration parse(String text) {
        if (text.equals("0")) return Duration.ZERO;
        return Durations.parse(text)
                .orElseThrow(
                        () -> new IllegalArgumentException("must be a number and a unit (ms, s, m, h, d), as in 30s"));
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
