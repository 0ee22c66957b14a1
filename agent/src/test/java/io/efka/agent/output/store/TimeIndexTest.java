package io.efka.agent.output.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.output.OutputKit;
import io.efka.agent.supervision.Logs.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeIndexTest {
    private static final Instant NOON = OutputKit.NOON;

    private final TimeIndex marks = new TimeIndex();

    @Test
    void knowWhatWasWrittenBeforeAPause() {
        marks.note(100, NOON);
        marks.note(150, NOON.plusMillis(500));
        marks.note(200, NOON.plusSeconds(3600));
        assertThat(marks.before(NOON.plusSeconds(1800))).hasValue(150);
        assertThat(marks.after(NOON.plusSeconds(1800))).hasValue(200);
    }

    @Test
    void sayNothingOfTimesThatNobodyLookedAt() {
        marks.note(100, NOON);
        assertThat(marks.before(NOON.minusSeconds(1))).isEmpty();
        assertThat(marks.after(NOON)).isEmpty();
    }

    @Test
    void stayFewAndTrueOverADay() {
        for (int second = 0; second < 86_400; second++) marks.note(second * 10L, NOON.plusSeconds(second));
        long found = marks.before(NOON.plusSeconds(43_200)).orElse(-1);
        assertThat(found).isBetween(0L, 432_000L);
        assertThat(marks.before(NOON.plusSeconds(86_399))).hasValue(863_990);
    }

    @Test
    void followAClockThatWasSetBack() {
        marks.note(100, NOON);
        marks.note(150, NOON.plusSeconds(86_400));
        marks.note(200, NOON.plusSeconds(60));
        marks.note(300, NOON.plusSeconds(120));
        assertThat(marks.before(NOON.plusSeconds(90))).hasValue(200);
        // Of tomorrow's mark nothing is left: it would hide all that is written until then.
        assertThat(marks.after(NOON.plusSeconds(150))).isEmpty();
        assertThat(marks.after(NOON.plusSeconds(90))).hasValue(300);
    }

    @Test
    void keepWhatIsKnownWhenAClockIsSetBackALittle() {
        marks.note(100, NOON);
        marks.note(200, NOON.plusSeconds(10));
        marks.note(300, NOON.plusSeconds(9));
        assertThat(marks.before(NOON.plusSeconds(5))).hasValue(100);
        assertThat(marks.before(NOON.plusSeconds(9))).hasValue(300);
    }

    private List<Written> all(long to) {
        return marks.written(0, to);
    }

    @Test
    void sayWhenBytesWereWritten() {
        marks.note(0, NOON);
        marks.note(10, NOON.plusSeconds(5));
        marks.note(20, NOON.plusSeconds(60));
        assertThat(marks.written(5, 25))
                .containsExactly(
                        new Written(10, Optional.of(NOON.plusSeconds(5)), NOON.plusSeconds(5)),
                        new Written(20, Optional.of(NOON.plusSeconds(60)), NOON.plusSeconds(60)));
    }

    @Test
    void doNotKnowSinceWhenThereIsWhatWasThereFirst() {
        marks.note(10, NOON);
        assertThat(all(10)).containsExactly(new Written(10, Optional.empty(), NOON));
    }

    @Test
    void knowWhatWasWrittenWhileNobodyLookedOnToItsRun() {
        marks.found(0, NOON);
        marks.found(30, NOON.plusSeconds(3_600));
        marks.note(40, NOON.plusSeconds(7_200));
        marks.note(50, NOON.plusSeconds(7_300));
        assertThat(all(50))
                .containsExactly(
                        new Written(30, Optional.of(NOON), NOON.plusSeconds(3_600)),
                        new Written(40, Optional.of(NOON.plusSeconds(3_600)), NOON.plusSeconds(7_200)),
                        new Written(50, Optional.of(NOON.plusSeconds(7_300)), NOON.plusSeconds(7_300)));
    }

    @Test
    void doNotTakeALaunchThatIsNotedLateForAClockThatWasSetBack() {
        marks.note(0, NOON);
        marks.note(10, NOON.plusSeconds(600));
        marks.note(10, NOON.plusSeconds(600).minusMillis(3));
        marks.note(20, NOON.plusSeconds(700));
        assertThat(all(10)).containsExactly(new Written(10, Optional.of(NOON.plusSeconds(600)), NOON.plusSeconds(600)));
    }

    @Test
    void areOneSecondApartLatelyAndFurtherBeforeThatForItsAge() {
        for (int second = 0; second < 86_400; second++) marks.note(second * 10L, NOON.plusSeconds(second));
        List<Written> all = all(863_990);
        assertThat(all).hasSizeLessThanOrEqualTo(TimeIndex.MOST + 1);
        for (Written part : all) {
            long width = Duration.between(part.earliest().orElse(NOON), part.latest())
                    .toSeconds();
            long age = 86_400 - Duration.between(NOON, part.latest()).toSeconds();
            assertThat(width)
                    .as("of what is " + age + " s old")
                    .isLessThanOrEqualTo(age <= TimeIndex.DENSE ? 1 : age / 20);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void areTrueOfEveryByte(long seed) {
        var chance = new Random(seed);
        var times = new ArrayList<Instant>();
        Instant now = NOON;
        marks.note(0, now);
        for (int i = 0; i < 6_000; i++) {
            now = now.plusMillis(chance.nextInt(20) == 0 ? chance.nextInt(600_000) : chance.nextInt(900));
            for (int more = chance.nextInt(4); more > 0; more--) times.add(now);
            marks.note(times.size(), now);
        }
        int from = 0;
        Instant before = NOON;
        for (Written part : all(times.size())) {
            assertThat(part.latest()).as("seed " + seed).isAfterOrEqualTo(before);
            before = part.latest();
            for (Instant time : times.subList(from, (int) part.to())) {
                assertThat(time).as("seed " + seed).isBetween(part.earliest().orElseThrow(), part.latest());
            }
            from = (int) part.to();
        }
        assertThat(from).as("seed " + seed).isEqualTo(times.size());
    }
}
