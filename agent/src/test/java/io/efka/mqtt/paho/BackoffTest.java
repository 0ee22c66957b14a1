package io.efka.mqtt.paho;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration MAX = Duration.ofSeconds(60);

    @Test
    void theLimitDoublesUpToItsMaximum() {
        var longest = new Backoff(new Highest(), FIRST, MAX);

        var waits = IntStream.range(0, 8).mapToObj(i -> longest.next().toSeconds());

        assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
    }

    @Test
    void anyWaitBelowTheLimitIsPossible() {
        var waits = IntStream.range(0, 1000)
                .mapToLong(
                        seed -> new Backoff(new Random(seed), FIRST, MAX).next().toMillis())
                .summaryStatistics();

        assertThat(waits.getMin()).isLessThan(50);
        assertThat(waits.getMax()).isGreaterThan(950).isLessThanOrEqualTo(1000);
    }

    @Test
    void itBeginsAnewAfterAReset() {
        var backoff = new Backoff(new Highest(), FIRST, MAX);
        backoff.next();
        backoff.next();

        backoff.reset();

        assertThat(backoff.next()).isEqualTo(FIRST);
    }

    /** Always the highest of what is asked for. */
    private static final class Highest extends Random {
        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    }

    @Test
    void aBrokerThatIsThereMakesTheWaitsShortAgain() {
        var backoff = new Backoff(new Random(1), Duration.ofSeconds(1), Duration.ofSeconds(60));
        for (int i = 0; i < 10; i++) backoff.next();

        for (int i = 0; i < 1_000; i++) {
            assertThat(backoff.nextUpTo(Duration.ofSeconds(8))).isLessThanOrEqualTo(Duration.ofSeconds(8));
        }

        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofSeconds(16));
    }

    @Test
    void aWaitForWhatDoesNotPassIsHalfTheLimitAtLeast() {
        var backoff = new Backoff(new Random(1), Duration.ofMinutes(2), Duration.ofMinutes(10));

        assertThat(backoff.nextLong()).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
        for (int i = 0; i < 10; i++) backoff.nextLong();
        assertThat(backoff.nextLong()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(10));
    }
}
