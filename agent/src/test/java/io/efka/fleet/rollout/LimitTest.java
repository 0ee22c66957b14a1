package io.efka.fleet.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LimitTest {
    @ParameterizedTest
    @CsvSource({"2%, 100, 2", "2%, 49, 0", "0.5%, 1000, 5", "3, 10, 3", "3, 2, 3", "100%, 7, 7", "0%, 7, 0"})
    void aPercentageIsRoundedDownToWholeDevices(String text, int all, int allowed) {
        Limit limit = Limit.parse(text).orElseThrow();
        assertThat(limit.allowed(all)).isEqualTo(allowed);
        assertThat(limit.isExceededBy(allowed, all)).isFalse();
        assertThat(limit.isExceededBy(allowed + 1, all)).isTrue();
        assertThat(limit).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "-1", "101%", "2.5", "1e9", "two", "2 %%", "1000%", "12345678901"})
    void anythingElseIsNoLimit(String text) {
        assertThat(Limit.parse(text)).isEmpty();
    }

    @Test
    void stepsGrowToAHundred() {
        assertThat(Policy.parseSteps("0.5, 10,100"))
                .contains(List.of(new BigDecimal("0.5"), BigDecimal.valueOf(10), BigDecimal.valueOf(100)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "100,", "0,100", "10,5,100", "10,50", "10,10,100", "100,101", "1,x,100", "1.1234567,100"})
    void otherStepsAreRefused(String text) {
        assertThat(Policy.parseSteps(text)).isEmpty();
    }

    @Test
    void aPolicyThatCannotWorkIsRefusedWithTheValue() {
        Policy good = Policy.DEFAULT;
        assertThatThrownBy(() -> new Policy(
                        good.steps(),
                        good.settle(),
                        good.maxFailures(),
                        0,
                        good.maxUnavailable(),
                        good.reportTimeout(),
                        good.onFailure()))
                .hasMessage("the sample must be at least 1, was 0");
        assertThatThrownBy(() -> new Policy(
                        good.steps(),
                        good.settle(),
                        good.maxFailures(),
                        1,
                        good.maxUnavailable(),
                        Duration.ZERO,
                        good.onFailure()))
                .hasMessageContaining("report timeout must be positive");
    }
}
