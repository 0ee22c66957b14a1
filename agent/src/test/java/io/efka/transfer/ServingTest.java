package io.efka.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.protocol.DeviceId;
import io.efka.protocol.Sha256;
import io.efka.protocol.artifact.ArtifactInfo;
import io.efka.protocol.artifact.ChunkNumbers;
import io.efka.protocol.artifact.Wish;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class ServingTest {
    private static final DeviceId DEV1 = new DeviceId("dev1");
    private static final int CHUNKS = 2_000;
    private static final ArtifactInfo INFO = new ArtifactInfo("a", CHUNKS * 65_536L, 65_536, Sha256.of(new byte[] {1}));

    private long now;

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private static Wish wish(int first, int last) {
        return Wish.of(
                DEV1, ChunkNumbers.of(IntStream.rangeClosed(first, last).boxed().toList()));
    }

    @Nested
    final class APlan {
        private final ServingPlan plan = new ServingPlan(INFO, 1_000);

        private List<Sending> all() {
            var all = new ArrayList<Sending>();
            for (Optional<Sending> next = plan.next(now); next.isPresent(); next = plan.next(now)) all.add(next.get());
            return all;
        }

        private List<Integer> chunks() {
            return all().stream()
                    .filter(Sending.Chunk.class::isInstance)
                    .map(sending -> ((Sending.Chunk) sending).number())
                    .toList();
        }

        @Test
        void sendsInTheOrderOfTheWishesAndEachChunkOnce() {
            plan.wished(wish(5, 6), now);
            plan.wished(wish(4, 7), now);

            assertThat(chunks()).containsExactly(5, 6, 4, 7);
            plan.wished(wish(4, 7), now);
            assertThat(chunks()).as("sent just now").isEmpty();
            pass(ServingPlan.RECENT.plusMillis(1));
            plan.wished(wish(4, 4), now);
            assertThat(chunks()).as("lost").containsExactly(4);
        }

        @Test
        void announcesWhatItSendsBefore() {
            plan.wished(wish(5, 6), now);

            assertThat(all())
                    .containsExactly(
                            new Sending.Announcement(new ChunkNumbers(List.of(5, 6))),
                            new Sending.Chunk(5),
                            new Sending.Chunk(6));
        }

        @Test
        void sendsTheHashesThatAreMissingInWholeMessages() {
            plan.wished(Wish.ofPieces(DEV1, 900, 65_000), now);

            assertThat(all().stream().skip(1))
                    .containsExactly(new Sending.Hashes(0, 1_000), new Sending.Hashes(1_000, 1_000));
        }

        @Test
        void leavesOutWhatDoesNotExistAndWhatIsTooMuch() {
            plan.wished(wish(1_999, 2_030), now);
            assertThat(chunks()).containsExactly(1_999);
            for (int first = 0; first < 1_900; first += 64) plan.wished(wish(first, first + 63), now);
            assertThat(chunks()).hasSize(ServingPlan.MAX_QUEUED);
        }

        @Test
        void sendsAgainWhatTheBrokerHasNotGot() {
            plan.wished(wish(5, 5), now);
            all();
            plan.failed(new Sending.Chunk(5));

            assertThat(chunks()).containsExactly(5);
            assertThat(plan.isIdle()).isTrue();
        }

        @Test
        void leavesToOthersWhatTheySend() {
            plan.wished(wish(5, 8), now);
            plan.withdraw(new ChunkNumbers(List.of(6, 7)));

            assertThat(chunks()).containsExactly(5, 8);
        }
    }

    @Nested
    final class ATurn {
        private final ServingTurn turn = new ServingTurn(true, new Random(1), now);

        @Test
        void comesWhenAWishHasNoAnswerForSomeSeconds() {
            assertThat(turn.answers(wish(0, 1), now)).isFalse();
            pass(ServingTurn.SHORTEST.minusMillis(1));
            assertThat(turn.takeOver(now)).isEmpty();
            pass(Duration.ofNanos(turn.untilTakeOver(now)));

            assertThat(turn.takeOver(now)).containsExactly(wish(0, 1));
            assertThat(turn.answers(wish(2, 3), now)).as("the next one at once").isTrue();
        }

        @Test
        void doesNotComeWhileSomebodyAnswers() {
            turn.answers(wish(0, 1), now);
            turn.answered(now);
            pass(Duration.ofSeconds(1));
            turn.answers(wish(0, 1), now); // had crossed the answer

            pass(Duration.ofMinutes(1));
            assertThat(turn.takeOver(now)).isEmpty();
        }

        @Test
        void isOverWhenSomebodyWhoGoesFirstIsBack() {
            turn.answers(wish(0, 1), now);
            pass(ServingTurn.LONGEST);
            turn.takeOver(now);
            turn.answered(now);
            pass(Duration.ofSeconds(10));

            assertThat(turn.answers(wish(2, 3), now)).isFalse();
        }
    }

    @Test
    void aPaceAllowsNoBurstAfterAPause() {
        var pace = new Pace(1_000, now);
        assertThat(pace.delay(now)).isZero();
        pace.sent(500, now);
        assertThat(pace.delay(now)).isEqualTo(Duration.ofMillis(500).toNanos());
        pass(Duration.ofMinutes(1));
        pace.sent(500, now);
        pace.sent(500, now);
        assertThat(pace.delay(now)).isEqualTo(Duration.ofSeconds(1).toNanos());
    }
}
