package io.efka.agent.output.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.output.OutputKit;
import io.efka.agent.output.store.AnswerTimes.Range;
import io.efka.agent.supervision.Logs.Written;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTimesTest {
    private static final Instant NOON = OutputKit.NOON;

    private final TimeIndex index = new TimeIndex();

    @Test
    void ofNothingAreNone() {
        index.note(10, NOON);

        assertThat(AnswerTimes.of(index, List.of(), 10)).isEmpty();
        assertThat(AnswerTimes.of(index, List.of(new Range(10, 5)), 10)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void areTrueOfEveryByteOfAnAnswerFromManyPlaces(long seed) {
        var chance = new Random(seed);
        var times = new ArrayList<Instant>();
        index.note(0, NOON);
        for (int i = 0; i < 500; i++) {
            Instant now = NOON.plusSeconds(2L * i);
            for (int more = chance.nextInt(6); more > 0; more--) times.add(now);
            index.note(times.size(), now);
        }
        var ranges = new ArrayList<Range>();
        var answer = new ArrayList<Instant>();
        for (int at = chance.nextInt(9); at + 20 < times.size(); at += chance.nextInt(20)) {
            int length = 1 + chance.nextInt(15);
            ranges.add(new Range(at, length));
            answer.addAll(times.subList(at, at + length));
            at += length;
        }
        int most = 1 + chance.nextInt(300);

        List<Written> parts = AnswerTimes.of(index, ranges, most);

        assertThat(parts).hasSizeLessThanOrEqualTo(most);
        int from = 0;
        for (Written part : parts) {
            assertThat(answer.subList(from, (int) part.to()))
                    .as("seed " + seed)
                    .isNotEmpty()
                    .allSatisfy(
                            time -> assertThat(time).isBetween(part.earliest().orElseThrow(), part.latest()));
            from = (int) part.to();
        }
        assertThat(from).as("seed " + seed).isEqualTo(answer.size());
    }

    @Test
    void needNoMoreRoomThanTheText() {
        assertThat(AnswerTimes.most(1)).isOne();
        assertThat(AnswerTimes.most(240)).isEqualTo(10);
        assertThat(AnswerTimes.most(192 << 10)).isEqualTo(512);
    }
}
