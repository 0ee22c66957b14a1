package io.efka.agent.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class StartRuleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    private static Instant at(String time) {
        return Instant.parse(time);
    }

    private static LocalWindow window(String from, String to) {
        return new LocalWindow(LocalTime.parse(from), LocalTime.parse(to));
    }

    private static StartRule in(LocalWindow window, Duration splay) {
        return new StartRule(Optional.empty(), Optional.of(window), splay);
    }

    private static Instant begin(StartRule rule, Instant taken, double place) {
        return rule.begin(taken, taken, place, ZoneOffset.UTC);
    }

    @Nested
    class Splay {
        private final StartRule rule = new StartRule(Optional.empty(), Optional.empty(), Duration.ofMinutes(10));

        @Test
        void spreadsTheBeginnings() {
            assertThat(begin(rule, NOON, 0)).isEqualTo(NOON);
            assertThat(begin(rule, NOON, 0.5)).isEqualTo(NOON.plusSeconds(300));
        }

        @Test
        void countsFromNotBefore() {
            var later = new StartRule(Optional.of(NOON), Optional.empty(), Duration.ofMinutes(10));
            assertThat(begin(later, NOON.minusSeconds(3600), 0.5)).isEqualTo(NOON.plusSeconds(300));
            assertThat(begin(later, NOON.plusSeconds(3600), 0.5)).isEqualTo(NOON.plusSeconds(3900));
        }

        @Test
        void isTheSameForARevisionWhenItIsAskedAgain() {
            assertThat(rule.begin(NOON, NOON.plusSeconds(900), 0.5, ZoneOffset.UTC))
                    .isEqualTo(NOON.plusSeconds(300));
        }
    }

    @Nested
    class Window {
        private final StartRule night = in(window("02:00", "04:00"), Duration.ofMinutes(10));

        @Test
        void waitsForTheNextOpening() {
            assertThat(begin(night, NOON, 0)).isEqualTo(at("2026-01-03T02:00:00Z"));
            assertThat(begin(night, NOON, 0.5)).isEqualTo(at("2026-01-03T02:05:00Z"));
        }

        @Test
        void beginsWithinTheOneThatIsOpen() {
            assertThat(begin(night, at("2026-01-02T03:00:00Z"), 0.5)).isEqualTo(at("2026-01-02T03:05:00Z"));
            assertThat(begin(night, at("2026-01-02T03:59:00Z"), 0.5))
                    .as("the splay is cut to what is left")
                    .isEqualTo(at("2026-01-02T03:59:30Z"));
        }

        @Test
        void isClosedAtItsEnd() {
            assertThat(begin(night, at("2026-01-02T04:00:00Z"), 0)).isEqualTo(at("2026-01-03T02:00:00Z"));
        }

        @Test
        void aDeviceThatWasOffBeginsInTheNextOpening() {
            Instant taken = at("2026-01-02T12:00:00Z");
            assertThat(night.begin(taken, at("2026-01-20T12:00:00Z"), 0.5, ZoneOffset.UTC))
                    .isEqualTo(at("2026-01-21T02:05:00Z"));
            Instant open = at("2026-01-21T03:00:00Z");
            assertThat(night.begin(taken, open, 0.5, ZoneOffset.UTC))
                    .as("it is open")
                    .isBeforeOrEqualTo(open);
        }

        @Test
        void goesOverMidnight() {
            LocalWindow late = window("22:00", "04:00");
            assertThat(late.at(at("2026-01-02T01:00:00Z"), ZoneOffset.UTC))
                    .isEqualTo(new LocalWindow.Opening(at("2026-01-01T22:00:00Z"), at("2026-01-02T04:00:00Z")));
            assertThat(late.at(at("2026-01-02T05:00:00Z"), ZoneOffset.UTC).from())
                    .isEqualTo(at("2026-01-02T22:00:00Z"));
        }

        @Test
        void isAtAnotherTimeThanItsBeginning() {
            assertThatIllegalArgumentException().isThrownBy(() -> window("02:00", "02:00"));
        }
    }

    /** In Berlin, clocks go from 02:00 to 03:00 on 29 March 2026, and from 03:00 back to 02:00 on 25 October. */
    @Nested
    class WhenClocksAreSet {
        private static final Instant MARCH = Instant.parse("2026-03-28T20:00:00Z");
        private static final Instant OCTOBER = Instant.parse("2026-10-24T20:00:00Z");

        private LocalWindow.Opening opening(String from, String to, Instant evening) {
            return window(from, to).at(evening, BERLIN);
        }

        @Test
        void forwardAWindowThatBeginsInTheGapBeginsBehindIt() {
            assertThat(opening("02:00", "04:00", MARCH))
                    .isEqualTo(new LocalWindow.Opening(at("2026-03-29T01:00:00Z"), at("2026-03-29T02:00:00Z")));
        }

        @Test
        void forwardAWindowWithinTheGapIsThereAllTheSame() {
            assertThat(opening("02:15", "02:45", MARCH))
                    .isEqualTo(new LocalWindow.Opening(at("2026-03-29T01:15:00Z"), at("2026-03-29T01:45:00Z")));
        }

        @Test
        void forwardAWindowThatWouldHaveNoLengthIsOnTheNextDay() {
            assertThat(opening("02:30", "03:15", MARCH).from()).isEqualTo(at("2026-03-30T00:30:00Z"));
        }

        @Test
        void backAWindowIsLongerAndThereOnce() {
            assertThat(opening("02:00", "04:00", OCTOBER))
                    .isEqualTo(new LocalWindow.Opening(at("2026-10-25T00:00:00Z"), at("2026-10-25T03:00:00Z")));
            assertThat(opening("02:15", "02:45", OCTOBER))
                    .isEqualTo(new LocalWindow.Opening(at("2026-10-25T00:15:00Z"), at("2026-10-25T00:45:00Z")));
            assertThat(window("02:15", "02:45")
                            .at(at("2026-10-25T01:20:00Z"), BERLIN)
                            .from())
                    .as("02:20 for the second time")
                    .isEqualTo(at("2026-10-26T01:15:00Z"));
        }
    }
}
