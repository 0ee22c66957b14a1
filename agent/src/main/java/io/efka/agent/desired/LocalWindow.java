package io.efka.agent.desired;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;

/**
 * The hours of a day in which a revision may begin, in local time. With {@code to} before {@code from} it goes over midnight.
 * When clocks go forward, a time that does not exist is the same time on the clock that was not set; when they go back, a
 * time that exists twice is the first.
 *
 * @param to not in it; another time than {@code from}
 */
record LocalWindow(LocalTime from, LocalTime to) {
    LocalWindow {
        if (from.equals(to))
            throw new IllegalArgumentException("a window must end at another time than it begins, " + from);
    }

    /** One opening. */
    record Opening(Instant from, Instant to) {
        boolean holds(Instant time) {
            return !time.isBefore(from) && time.isBefore(to);
        }
    }

    /** The opening that {@code time} is in, or the next one. */
    Opening at(Instant time, ZoneId zone) {
        LocalDate day = time.atZone(zone).toLocalDate();
        // From yesterday: it may go over midnight. A week: an opening may have no length at all where clocks are set.
        for (int ahead = -1; ahead <= 7; ahead++) {
            Optional<Opening> opening = of(day.plusDays(ahead), zone).filter(found -> time.isBefore(found.to()));
            if (opening.isPresent()) return opening.get();
        }
        throw new IllegalStateException("no window " + from + "-" + to + " within a week of " + time + " in " + zone);
    }

    private Optional<Opening> of(LocalDate day, ZoneId zone) {
        Instant begin = day.atTime(from).atZone(zone).toInstant();
        Instant end = (to.isAfter(from) ? day : day.plusDays(1))
                .atTime(to)
                .atZone(zone)
                .toInstant();
        return begin.isBefore(end) ? Optional.of(new Opening(begin, end)) : Optional.empty();
    }
}
