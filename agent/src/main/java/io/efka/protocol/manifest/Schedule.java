package io.efka.protocol.manifest;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;

/** The due times of a oneshot. A value; uses no clock. */
public sealed interface Schedule {

    /** The first due time after {@code handled}; empty if there is none. */
    Optional<Instant> next(Instant handled);

    /** The due times after {@code handled}, up to {@code now}. */
    Passed passed(Instant handled, Instant now);

    /** Whether it follows the wall clock, so that a clock that is set moves its due times. */
    boolean followsClock();

    /**
     * Due times that have passed.
     *
     * @param count how many
     * @param latest the last of them; {@code handled} if there is none
     */
    record Passed(long count, Instant latest) {}

    /** At regular intervals, counted from the time the schedule came into force. */
    record Every(Duration interval) implements Schedule {
        @Override
        public Optional<Instant> next(Instant handled) {
            return Optional.of(handled.plus(interval));
        }

        @Override
        public Passed passed(Instant handled, Instant now) {
            long count = Math.max(0, Duration.between(handled, now).dividedBy(interval));
            return new Passed(count, handled.plus(interval.multipliedBy(count)));
        }

        @Override
        public boolean followsClock() {
            return false;
        }
    }

    /**
     * At the times that a cron expression with five fields names, in a time zone. Where clocks change, it does what cron does:
     * with a fixed hour, a time that comes twice is due once, and one that is left out is due as much later as the clock goes
     * forward. With {@code *} as the hour, it follows the time that really passes.
     */
    final class Cron implements Schedule {
        /** More are not counted one by one: each takes up to half a millisecond. */
        private static final int MAX_COUNTED = 500;

        /** By how much clocks go forward at most; a local time within the gap is due up to so much later. */
        private static final Duration LONGEST_GAP = Duration.ofHours(2);

        private static final CronParser PARSER =
                new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

        private final String expression;
        private final ZoneId zone;
        private final ExecutionTime times;
        private final boolean isEveryHour;

        private Cron(String expression, ZoneId zone, ExecutionTime times) {
            this.expression = expression;
            this.zone = zone;
            this.times = times;
            this.isEveryHour = expression.strip().split("\\s+", -1)[1].startsWith("*");
        }

        /** Reads an expression such as {@code 30 2 * * 1-5}; empty if it is none, or names a date that never comes. */
        public static Optional<Cron> parse(String expression, ZoneId zone) {
            try {
                var cron = new Cron(expression, zone, ExecutionTime.forCron(PARSER.parse(expression)));
                return cron.next(Instant.EPOCH).map(first -> cron);
            } catch (RuntimeException e) { // the parser's exceptions have no common type of their own
                return Optional.empty();
            }
        }

        /** The same expression in another time zone. */
        Cron in(ZoneId other) {
            return new Cron(expression, other, times);
        }

        @Override
        public Optional<Instant> next(Instant handled) {
            return isEveryHour
                    ? times.nextExecution(handled.atZone(zone)).map(ZonedDateTime::toInstant)
                    : nextLocal(handled);
        }

        /** The expression's local times know no zone; each is then one moment of this one. */
        private Optional<Instant> nextLocal(Instant handled) {
            Optional<ZonedDateTime> local = times.nextExecution(
                    handled.atZone(zone).toLocalDateTime().minus(LONGEST_GAP).atZone(ZoneOffset.UTC));
            while (local.isPresent()) {
                Instant due = local.get().toLocalDateTime().atZone(zone).toInstant();
                if (due.isAfter(handled)) return Optional.of(due);
                local = times.nextExecution(local.get());
            }
            return Optional.empty();
        }

        @Override
        public Passed passed(Instant handled, Instant now) {
            long count = 0;
            Instant latest = handled;
            Optional<Instant> due = next(latest);
            while (due.isPresent() && !due.get().isAfter(now) && count < MAX_COUNTED) {
                latest = due.get();
                count++;
                due = next(latest);
            }
            boolean isCounted = count < MAX_COUNTED;
            return isCounted ? new Passed(count, latest) : new Passed(count, now);
        }

        @Override
        public boolean followsClock() {
            return true;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Cron that && expression.equals(that.expression) && zone.equals(that.zone);
        }

        @Override
        public int hashCode() {
            return 31 * expression.hashCode() + zone.hashCode();
        }

        @Override
        public String toString() {
            return expression + " (" + zone + ")";
        }
    }
}
