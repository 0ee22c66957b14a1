package io.efka.fleet.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.view.Document;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputAnswerTest {
    private static final Instant BASE = Instant.parse("2026-11-27T10:00:00Z");

    private static OutputAnswer answer(String times) {
        String json = "{\"offset\":100,\"next\":106,\"text\":\"ab\\ncd\\n\"" + times + "}";
        return OutputAnswer.of(
                        Document.parse(json.getBytes(StandardCharsets.UTF_8)).orElseThrow())
                .orElseThrow();
    }

    private static OutputAnswer timed(String parts) {
        return answer(",\"times\":{\"base\":\"2026-11-27T10:00:00Z\",\"parts\":" + parts + "}");
    }

    private static List<String> texts(OutputAnswer answer) {
        return answer.chunks().stream()
                .map(chunk -> chunk.offset() + new String(chunk.bytes(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void eachPartHasItsTime() {
        OutputAnswer answer = timed("[[3,0],[5,1000,250],[6,9000,null]]");

        assertThat(texts(answer)).containsExactly("100ab\n", "103cd", "105\n");
        assertThat(answer.chunks())
                .extracting(chunk -> chunk.written().orElseThrow())
                .containsExactly(
                        Written.at(BASE),
                        Written.between(Optional.of(BASE.plusMillis(750)), BASE.plusMillis(1000)),
                        Written.between(Optional.empty(), BASE.plusMillis(9000)));
        assertThat(answer.isUntimed()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"-1, 6", "100, -1", "9007199254740993, 9007199254740999", "100, 9223372036854775807"})
    void offsetsThatNoStreamHasAreNoAnswer(String offset, String next) {
        String json = "{\"offset\":" + offset + ",\"next\":" + next + ",\"text\":\"ab\"}";
        assertThat(Document.parse(json.getBytes(StandardCharsets.UTF_8)).flatMap(OutputAnswer::of))
                .isEmpty();
    }

    @Test
    void anAgentThatKnowsNoTimesIsToldFromOneThatHasNone() {
        assertThat(answer("").isUntimed()).isTrue();
        assertThat(answer(",\"times\":null").isUntimed()).isTrue();
        assertThat(timed("[]").isUntimed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[[0,0]]",
                "[[7,0]]",
                "[[-1,0]]",
                "[[1]]",
                "[3,4]",
                "[[\"3\",0]]",
                "[[3,1e300]]",
                "[[3,9e18]]",
                "[[3,-9223372036854775808]]",
                "[[1.5,0]]",
                "{}",
                "[[3,null]]",
                "[[9223372036854775807,0]]"
            })
    void timesThatMakeNoSenseAreNone(String parts) {
        OutputAnswer answer = timed(parts);

        assertThat(texts(answer)).containsExactly("100ab\ncd\n");
        assertThat(answer.chunks().get(0).written()).isEmpty();
    }

    @Test
    void whatIsBehindTheLastPartHasNoTime() {
        assertThat(timed("[[3,0]]").chunks().get(1).written()).isEmpty();
        assertThat(timed("[[3,0],[2,5]]").chunks().get(1).written()).isEmpty();
        assertThat(timed("[[3,0,-5]]").chunks().get(0).written()).contains(Written.at(BASE));
    }
}
