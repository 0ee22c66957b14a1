package io.efka.fleet.rollout;

import static io.efka.fleet.rollout.Samples.outsider;
import static io.efka.fleet.rollout.Samples.policy;
import static io.efka.fleet.rollout.Samples.tenOfAHundred;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.rollout.Policy.OnFailure;
import java.math.BigDecimal;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class AssessmentTest {
    private static final Policy TWO_PERCENT = policy();

    private static Policy unavailable(String limit) {
        return policy("100%", limit, OnFailure.PAUSE);
    }

    @Nested
    class Limits {
        @Test
        void nobodyFailed() {
            assertThat(tenOfAHundred().build().breach(TWO_PERCENT, 0)).isEmpty();
        }

        @Test
        void moreFailedThanMay() {
            assertThat(tenOfAHundred().failed(1).build().breach(TWO_PERCENT, 0))
                    .hasValue("1 device of 10 failed; at most 2% may");
            assertThat(tenOfAHundred().failed(2).build().breach(policy("20%", "100%", OnFailure.PAUSE), 0))
                    .isEmpty();
            assertThat(tenOfAHundred().failed(3).build().breach(policy("20%", "100%", OnFailure.PAUSE), 0))
                    .isPresent();
        }

        @Test
        void aPercentageWaitsForTheSampleAndANumberDoesNot() {
            Assessment two = tenOfAHundred()
                    .failed(1)
                    .updating("d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8")
                    .build();
            assertThat(two.counts().answered()).isEqualTo(2);
            assertThat(two.breach(TWO_PERCENT, 0)).isEmpty();
            assertThat(two.breach(policy("0", "100%", OnFailure.PAUSE), 0)).isPresent();
            Assessment three = tenOfAHundred()
                    .failed(1)
                    .updating("d1", "d2", "d3", "d4", "d5", "d6", "d7")
                    .build();
            assertThat(three.breach(TWO_PERCENT, 0)).isPresent();
        }

        @Test
        void aFirstDeviceThatFailsAloneStopsItWhateverTheSample() {
            Assessment alone = tenOfAHundred().done(1).failed(1).build();
            assertThat(alone.breach(TWO_PERCENT, 0)).hasValue("no device works with it, 1 failed");
            Assessment notYet = tenOfAHundred().done(2).failed(1).updating("d1").build();
            assertThat(notYet.breach(TWO_PERCENT, 0)).isEmpty();
        }

        @Test
        void failuresThatAnOperatorAcceptedDoNotStopItAgain() {
            assertThat(tenOfAHundred().failed(3).build().breach(TWO_PERCENT, 3)).isEmpty();
            assertThat(tenOfAHundred().failed(4).build().breach(TWO_PERCENT, 3))
                    .hasValue("4 devices of 10 failed, 3 of them accepted before; at most 2% may");
        }

        @Test
        void tooManyCannotBeUsed() {
            assertThat(tenOfAHundred().failed(3).broken(3).build().breach(unavailable("2%"), 0))
                    .hasValue("3 devices of 100 that are online cannot be used; at most 2% may be unavailable");
        }

        @Test
        void thereIsNoRoomForTheNextOne() {
            Assessment full = tenOfAHundred().failed(2).broken(2).build();
            assertThat(full.breach(unavailable("2%"), 0)).isPresent();
            assertThat(full.breach(unavailable("2%"), 2)).as("accepted").isEmpty();
            Assessment last = tenOfAHundred().failed(2).broken(2).outsiders().build();
            assertThat(last.breach(unavailable("2%"), 0)).isEmpty();
        }
    }

    @Nested
    class Pace {
        @Test
        void asManyAsMayBeUnavailableAtOnce() {
            Assessment seen = tenOfAHundred()
                    .outsiders(
                            outsider("11", true),
                            outsider("12", false),
                            outsider("13", true),
                            outsider("14", false),
                            outsider("15", true))
                    .build();
            assertThat(seen.nextShare(unavailable("2%"), 0, BigDecimal.valueOf(50)))
                    .hasValue(BigDecimal.valueOf(14));
            assertThat(seen.nextShare(unavailable("3%"), 0, BigDecimal.valueOf(50)))
                    .hasValue(BigDecimal.valueOf(50));
            assertThat(seen.nextShare(unavailable("3%"), 0, BigDecimal.valueOf(12)))
                    .hasValue(BigDecimal.valueOf(12));
        }

        @Test
        void oneAtLeast() {
            Assessment seen = tenOfAHundred()
                    .outsiders(outsider("11", true), outsider("12", true))
                    .build();
            assertThat(seen.nextShare(unavailable("0%"), 0, BigDecimal.valueOf(50)))
                    .hasValue(BigDecimal.valueOf(11));
        }

        @Test
        void noneWhileOthersAreUnavailable() {
            Assessment seen =
                    tenOfAHundred().unwell(2).outsiders(outsider("11", true)).build();
            assertThat(seen.nextShare(unavailable("2%"), 0, BigDecimal.valueOf(50)))
                    .isEmpty();
        }

        @Test
        void stepsThatAddNobodyAreLeftOut() {
            Assessment seen = tenOfAHundred().outsiders(outsider("45", true)).build();
            assertThat(seen.nextStep(TWO_PERCENT, 0)).isEqualTo(2);
            assertThat(seen.nextStep(TWO_PERCENT, 3)).isEqualTo(3);
            assertThat(tenOfAHundred().outsiders().build().nextStep(TWO_PERCENT, 0))
                    .isEqualTo(3);
        }
    }
}
