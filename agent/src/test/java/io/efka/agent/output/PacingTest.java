package io.efka.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.output.ship.LineBatcher;
import io.efka.agent.output.ship.ShippingCursor;
import io.efka.agent.output.store.Segment;
import io.efka.agent.output.store.StreamId;
import io.efka.agent.runtime.TokenBucket;
import io.efka.agent.supervision.Logs;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The small deciders: how far, how much, how fast. */
class PacingTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Nested
    class ACursor {
        private final ShippingCursor cursor = new ShippingCursor(100);

        @Test
        void movesOverAGapOnlyWhenWhatIsBeforeItHasLanded() {
            ShippingCursor.Flight flight = cursor.sent(10);
            cursor.skipTo(500);
            assertThat(cursor.acknowledged()).isEqualTo(100);
            cursor.markAcknowledged(flight);
            assertThat(cursor.acknowledged()).isEqualTo(500);
        }

        @Test
        void ignoresAFlightFromBeforeARewind() {
            ShippingCursor.Flight lost = cursor.sent(10);
            cursor.rewind();
            cursor.sent(5);
            cursor.markAcknowledged(lost);
            assertThat(cursor.acknowledged()).isEqualTo(100);
            assertThat(cursor.isInFlight(lost)).isFalse();
        }
    }

    @Nested
    class ATokenBucket {
        @Test
        void keepsTheAverageOverMessagesThatAreLargerThanItsBalance() {
            var bucket = new TokenBucket(1000, 4, 0);
            long now = 0;
            int sent = 0;
            while (now < 100 * SECOND) {
                now += bucket.delay(now);
                bucket.take(700);
                sent += 700;
            }
            assertThat(sent).isBetween(99_000, 102_000);
        }

        @Test
        void doesNotSaveUpWhileNothingIsSent() {
            var bucket = new TokenBucket(1000, 4, 0);
            assertThat(bucket.delay(3600 * SECOND)).isZero();
            bucket.take(1024);
            assertThat(bucket.delay(3600 * SECOND)).isGreaterThan(SECOND / 2);
        }

        @Test
        void withoutARateNeverWaits() {
            var bucket = new TokenBucket(0, 4, 0);
            bucket.take(Integer.MAX_VALUE);
            assertThat(bucket.delay(0)).isZero();
            assertThat(bucket.piece(1024, 65536)).isEqualTo(65536);
        }
    }

    @Nested
    class ASegmentsName {
        @Test
        void saysWhenItsRunWasLaunched() {
            Path file = Path.of("stdout.00000000000000000042.01ARZ3NDEKTSV4RRFFQ69G5FAV.log");
            assertThat(Segment.parse(file, "stdout", Segment.GONE)).hasValueSatisfying(segment -> {
                assertThat(segment.base()).isEqualTo(42);
                // The example of the ULID specification's own documentation.
                assertThat(segment.launched().toEpochMilli()).isEqualTo(1469922850259L);
            });
        }

        @Test
        void ofAnotherStreamOrOfNoneIsNotTaken() {
            assertThat(Segment.parse(
                            Path.of("stderr.00000000000000000042.01ARZ3NDEKTSV4RRFFQ69G5FAV.log"),
                            "stdout",
                            Segment.GONE))
                    .isEmpty();
            assertThat(Segment.parse(Path.of("stdout.log"), "stdout", Segment.GONE))
                    .isEmpty();
            assertThat(Segment.parse(
                            Path.of("stdout.99999999999999999999.01ARZ3NDEKTSV4RRFFQ69G5FAV.log"),
                            "stdout",
                            Segment.GONE))
                    .isEmpty();
        }
    }

    @Nested
    class Gathered {
        private final LineBatcher gathering = new LineBatcher();

        private int length(String text, boolean busy, boolean due) {
            var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            return gathering.length(bytes, false, false, busy, due);
        }

        @Test
        void linesGoAtOnceWithoutTheHalfOneBehindThem() {
            assertThat(length("one\ntwo\nth", false, false)).isEqualTo(8);
        }

        @Test
        void linesWaitWhileOthersAreOnTheirWayButNotForEver() {
            assertThat(length("one\n", true, false)).isZero();
            assertThat(length("one\n", true, true)).isEqualTo(4);
        }

        @Test
        void bytesWithoutAnEndWaitUntilTheyAreDue() {
            assertThat(length("th", false, false)).isZero();
            assertThat(length("th", false, true)).isEqualTo(2);
        }
    }

    @Test
    void streamsAreNamedAsTheStoreKnowsThem() {
        assertThat(new StreamId(OutputKit.CAMERA, Logs.Stream.STDERR)).hasToString("camera/stderr");
    }
}
