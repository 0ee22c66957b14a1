package io.efka.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationsTest {
    @ParameterizedTest
    @CsvSource({"0s,PT0S", "500ms,PT0.5S", "10s,PT10S", "5m,PT5M", "1h,PT1H", "7d,P7D", "10 s,PT10S", "365d,P365D"})
    void readsANumberAndAUnit(String text, Duration duration) {
        assertThat(Durations.parse(text)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "5", "s", "-1s", "1.5s", "1w", "1 day", "366d", "99999999999h", "999999999999ms", " 1s"})
    void readsNothingElse(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @Test
    void aYearFitsInEveryUnit() {
        assertThat(Durations.parse("31536000000ms")).contains(Durations.LONGEST);
        assertThat(Durations.parse("31536000001ms")).isEmpty();
    }
}
