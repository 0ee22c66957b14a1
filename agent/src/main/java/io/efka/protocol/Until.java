package io.efka.protocol;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * When something ends, as somebody writes it: a time, or how long from now. The second needs no clock that is right.
 *
 * @param text as it was written
 * @param time empty: {@code length} counts
 * @param length from now on, where no time is given
 */
public record Until(String text, Optional<Instant> time, Duration length) {
    /** What a fault says would be right. */
    public static final String EXAMPLES =
            "a time later than now, as in \"2026-11-22T18:00:00Z\", or how long from now, as in \"2h\"";

    /** Empty for anything else than a time with its offset, or a duration. */
    public static Optional<Until> parse(String text) {
        Optional<Duration> length = Durations.parse(text);
        if (length.isPresent()) return Optional.of(new Until(text, Optional.empty(), length.get()));
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            return Optional.of(new Until(text, Optional.of(time), Duration.ZERO));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** How long it is until then; negative or zero: it is over. */
    public Duration after(Instant now) {
        return time.map(end -> Duration.between(now, end)).orElse(length);
    }
}
