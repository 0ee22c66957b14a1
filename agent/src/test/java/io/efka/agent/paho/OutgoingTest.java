package io.efka.agent.paho;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.wire.MqttLink.Lane;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OutgoingTest {
    private static final int MAX_PACKET = 1 << 20;

    private final Outgoing outgoing = new Outgoing();
    private final List<Pending> wire = new ArrayList<>();

    @Nested
    class WithAWindowOfNineteen {
        @Test
        void aReplyGoesOutThoughOutputWaits() {
            up(20);
            offer(Lane.BULK, 100, 1);
            int bulkSent = wire.size();
            assertThat(bulkSent).isEqualTo(14);

            offer(Lane.CONTROL, 1, 1);

            assertThat(wire.get(bulkSent).lane).isEqualTo(Lane.CONTROL);
        }

        @Test
        void neitherLaneGoesBeyondTheWindow() {
            up(20);
            offer(Lane.CONTROL, 100, 1);
            assertThat(wire).hasSize(19);

            settle(wire.get(0));

            assertThat(wire).hasSize(20);
        }

        @Test
        void waitingRepliesOvertakeWaitingOutput() {
            up(20);
            offer(Lane.CONTROL, 19, 1);
            offer(Lane.BULK, 1, 1);
            offer(Lane.CONTROL, 1, 1);

            settle(wire.get(0));

            assertThat(wire.get(19).lane).isEqualTo(Lane.CONTROL);
        }

        @Test
        void outputOnItsWayIsBoundedInBytes() {
            up(20);
            offer(Lane.BULK, 10, 64 * 1024);
            assertThat(wire).hasSize(4);
        }
    }

    @Test
    void aWindowOfOneStillCarriesBothLanes() {
        up(1);
        offer(Lane.BULK, 1, 1);
        offer(Lane.CONTROL, 1, 1);
        settle(wire.get(0));
        assertThat(wire).extracting(pending -> pending.lane).containsExactly(Lane.BULK, Lane.CONTROL);
    }

    @Test
    void theWindowIsNeverLargerThanOursHoweverMuchIsGranted() {
        up(65_535);
        offer(Lane.CONTROL, 2 * Outgoing.MAX_WINDOW, 1);
        assertThat(wire).hasSize(Outgoing.MAX_WINDOW);
    }

    @Test
    void nothingIsTakenWithoutAConnection() {
        assertThat(outgoing.offer(pending(Lane.CONTROL, 1))).isCompletedExceptionally();
    }

    @Test
    void aFullQueueTakesNoMore() {
        up(20);
        offer(Lane.BULK, 14 + 1_000, 1);
        assertThat(outgoing.offer(pending(Lane.BULK, 1))).isCompletedExceptionally();
        assertThat(outgoing.offer(pending(Lane.CONTROL, 1))).isNotDone();
    }

    @Test
    void allThatIsNotAcknowledgedFailsInOrderWhenTheConnectionGoes() {
        up(20);
        var failed = new ArrayList<Integer>();
        for (int i = 0; i < 30; i++) {
            int number = i;
            outgoing.offer(pending(Lane.CONTROL, 1)).whenComplete((none, problem) -> failed.add(number));
        }

        outgoing.down("gone");

        assertThat(failed).hasSize(30).isSorted();
        up(20);
        offer(Lane.BULK, 100, 1);
        assertThat(wire).hasSize(19 + 14);
    }

    private void up(int receiveMaximum) {
        outgoing.up(wire::add, receiveMaximum, MAX_PACKET);
    }

    private void offer(Lane lane, int count, int bytes) {
        for (int i = 0; i < count; i++) {
            CompletableFuture<Void> done = outgoing.offer(pending(lane, bytes));
            assertThat(done).isNotCompletedExceptionally();
        }
    }

    private void settle(Pending pending) {
        outgoing.settle(pending, Optional.empty());
    }

    private static Pending pending(Lane lane, int bytes) {
        return new Pending("topic", new MqttMessage(), lane, bytes);
    }
}
