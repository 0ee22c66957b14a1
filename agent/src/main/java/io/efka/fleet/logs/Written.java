package io.efka.fleet.logs;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When bytes were written, by the clock of their device.
 *
 * @param earliest when the first of them may have been; empty: unknown
 * @param latest the last of them was there by then
 * @param isEstimated whether the device knows it to more than two seconds only
 */
record Written(Optional<Instant> earliest, Instant latest, boolean isEstimated) {
    /** A device that looks on knows it better than this. */
    private static final Duration PRECISE = Duration.ofSeconds(2);

    static Written at(Instant time) {
        return between(Optional.of(time), time);
    }

    static Written between(Optional<Instant> earliest, Instant latest) {
        boolean isPrecise = earliest.filter(time -> width(time, latest).compareTo(PRECISE) <= 0)
                .isPresent();
        return new Written(earliest, latest, !isPrecise);
    }

    /**
     * The most likely time of one of the bytes, as if they had been written evenly.
     *
     * @param share how many of the bytes were there by then, 0 to 1
     */
    Instant likely(double share) {
        if (earliest.isEmpty()) return latest;
        return latest.minusMillis(
                Math.round((1 - share) * width(earliest.get(), latest).toMillis()));
    }

    private static Duration width(Instant from, Instant to) {
        Duration width = Duration.between(from, to);
        return width.isNegative() ? Duration.ZERO : width;
    }
}
