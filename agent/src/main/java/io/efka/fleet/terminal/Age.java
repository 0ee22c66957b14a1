package io.efka.fleet.terminal;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How long ago something was, in the one unit that says enough: {@code 45s}, {@code 12m}, {@code 3h}, {@code 9d}. */
public final class Age {
    private static final Duration TWO_MINUTES = Duration.ofMinutes(2);
    private static final Duration TWO_HOURS = Duration.ofHours(2);
    private static final Duration TWO_DAYS = Duration.ofDays(2);

    private Age() {}

    /** Empty text if nobody knows; {@code 0s} for what a clock elsewhere puts into the future. */
    public static String of(Optional<Instant> then, Instant now) {
        return then.map(instant -> text(Duration.between(instant, now))).orElse("");
    }

    private static String text(Duration age) {
        if (age.isNegative()) return "0s";
        if (age.compareTo(TWO_MINUTES) < 0) return age.toSeconds() + "s";
        if (age.compareTo(TWO_HOURS) < 0) return age.toMinutes() + "m";
        if (age.compareTo(TWO_DAYS) < 0) return age.toHours() + "h";
        return age.toDays() + "d";
    }
}
