package io.efka.protocol.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.protocol.manifest.Schedule.Cron;
import io.efka.protocol.manifest.Schedule.Every;
import io.efka.protocol.manifest.Schedule.Passed;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

    @Nested
    class AtIntervals {
        private final Schedule schedule = new Every(Duration.ofSeconds(10));

        @Test
        void countsFromTheLastDueTime() {
            assertThat(schedule.next(NOON)).contains(NOON.plusSeconds(10));
        }

        @Test
        void knowsHowManyHavePassedAndTheLast() {
            assertThat(schedule.passed(NOON, NOON.plusSeconds(35))).isEqualTo(new Passed(3, NOON.plusSeconds(30)));
            assertThat(schedule.passed(NOON, NOON.plusSeconds(9))).isEqualTo(new Passed(0, NOON));
            assertThat(schedule.passed(NOON, NOON.minusSeconds(90))).isEqualTo(new Passed(0, NOON));
        }
    }

    @Nested
    class ByTheClock {
        @Test
        void isDueAtItsLocalTime() {
            assertThat(dues("30 2 * * *", "2026-06-01T00:00+02:00", 2))
                    .containsExactly("2026-06-01T02:30+02:00", "2026-06-02T02:30+02:00");
        }

        @Test
        void namesDaysAndMonthsByTheirNames() {
            assertThat(dues("0 9 * JAN MON-FRI", "2026-12-31T00:00+01:00", 2))
                    .containsExactly("2027-01-01T09:00+01:00", "2027-01-04T09:00+01:00");
        }

        @Test
        void aTimeThatTheClockLeavesOutIsDueAsMuchLater() {
            assertThat(dues("30 2 * * *", "2026-03-28T12:00+01:00", 2))
                    .containsExactly("2026-03-29T03:30+02:00", "2026-03-30T02:30+02:00");
        }

        @Test
        void aTimeThatComesTwiceIsDueOnce() {
            assertThat(dues("0,30 2 * * *", "2026-10-24T12:00+02:00", 3))
                    .containsExactly("2026-10-25T02:00+02:00", "2026-10-25T02:30+02:00", "2026-10-26T02:00+01:00");
        }

        @Test
        void aTimeThatComesTwiceIsDueOnceAlsoForOneWhoLooksBetween() {
            assertThat(dues("30 2 * * *", "2026-10-25T02:10+01:00", 1)).containsExactly("2026-10-26T02:30+01:00");
        }

        @Test
        void everyHourMeansEveryHourThatReallyPasses() {
            assertThat(dues("30 * * * *", "2026-10-25T02:00+02:00", 3))
                    .containsExactly("2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", "2026-10-25T03:30+01:00");
            assertThat(dues("30 * * * *", "2026-03-29T01:00+01:00", 2))
                    .containsExactly("2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00");
        }

        @Test
        void knowsHowManyHavePassedAndTheLast() {
            Schedule schedule = Cron.parse("0 * * * *", BERLIN).orElseThrow();
            assertThat(schedule.passed(NOON, NOON.plusSeconds(3 * 3600 + 5)))
                    .isEqualTo(new Passed(3, NOON.plusSeconds(3 * 3600)));
        }

        @Test
        void countsNoMoreThanItCanInAMoment() {
            Schedule schedule = Cron.parse("* * * * *", BERLIN).orElseThrow();
            Instant aYearOn = NOON.plus(Duration.ofDays(365));
            assertThat(schedule.passed(NOON, aYearOn)).isEqualTo(new Passed(500, aYearOn));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "* * * *",
                    "* * * * * *",
                    "60 * * * *",
                    "*/0 * * * *",
                    "0 0 30 2 *",
                    "0 0 L * *",
                    "@daily",
                    "a b c d e"
                })
        void whatIsNoneOrNeverComesIsRefused(String expression) {
            assertThat(Cron.parse(expression, BERLIN)).isEmpty();
        }

        @Test
        void isTheSameScheduleInTheSameZoneOnly() {
            assertThat(Cron.parse("0 1 * * *", BERLIN)).isEqualTo(Cron.parse("0 1 * * *", BERLIN));
            assertThat(Cron.parse("0 1 * * *", BERLIN)).isNotEqualTo(Cron.parse("0 1 * * *", ZoneId.of("UTC")));
        }

        private static List<String> dues(String expression, String from, int count) {
            Schedule schedule = Cron.parse(expression, BERLIN).orElseThrow();
            var dues = new ArrayList<String>();
            Instant at = OffsetDateTime.parse(from).toInstant();
            for (int i = 0; i < count; i++) {
                at = schedule.next(at).orElseThrow();
                dues.add(at.atZone(BERLIN).toOffsetDateTime().toString());
            }
            return dues;
        }
    }
}
