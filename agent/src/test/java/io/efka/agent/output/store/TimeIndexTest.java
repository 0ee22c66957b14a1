package io.efka.agent.output.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.output.OutputKit;
import java.time.Instant;
import org.junit.jupiter.api.Test;

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
}
