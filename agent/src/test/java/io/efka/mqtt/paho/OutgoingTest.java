package io.efka.mqtt.paho;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.mqtt.LinkException;
import io.efka.mqtt.LinkException.Kind;
import io.efka.mqtt.MqttLink.Lane;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OutgoingTest {
    private static final int MAX_PACKET = 1 << 20;
    private static final URI BROKER = URI.create("tcp://broker");

    private long now = 1_000;
    private final Outgoing outgoing = new Outgoing(() -> now, new BrokerRefusals());
    private final List<PendingPublish> wire = new ArrayList<>();
    private int probes;

    private final Outgoing.Wire network = new Outgoing.Wire() {
        @Override
        public void send(PendingPublish pending) {
            wire.add(pending);
        }

        @Override
        public void probe() {
            probes++;
        }
    };

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

        outgoing.down("gone", true);

        assertThat(failed).hasSize(30).isSorted();
        up(20);
        offer(Lane.BULK, 100, 1);
        assertThat(wire).hasSize(19 + 14);
    }

    @Nested
    class WhatEndsConnections {
        @Test
        void isGivenUpAfterThree() {
            endWith("poison");
            endWith("poison");
            up(20);
            var third = send("poison", 1);

            outgoing.down("cut", true);

            assertThat(kindOf(third)).isEqualTo(Kind.POISON);
        }

        @Test
        void isFoundAmongOthersAndTheyGetThrough() {
            var acknowledged = new HashSet<String>();
            Optional<Kind> verdict = Optional.empty();
            int ends = 0;
            while (verdict.isEmpty() && ends < 10) {
                wire.clear();
                up(20);
                var poison = new CompletableFuture<Void>();
                for (String topic : List.of("a", "b", "poison", "c", "d")) {
                    var sent = send(topic, 1);
                    if (topic.equals("poison")) poison = sent;
                }
                acknowledged.addAll(acknowledgeUntil("poison"));
                outgoing.down("cut", true);
                ends++;
                if (kindOf(poison) != Kind.LOST) verdict = Optional.of(kindOf(poison));
            }

            assertThat(verdict).contains(Kind.POISON);
            assertThat(ends).isLessThanOrEqualTo(5);
            assertThat(acknowledged).contains("a", "b", "c", "d");
        }

        @Test
        void goesAloneAndAfterTheOthers() {
            endWith("poison");
            endWith("poison");
            wire.clear();
            up(20);
            send("poison", 1);
            settle(wire.remove(0));
            endWith("poison");
            endWith("poison");
            wire.clear();
            up(20);

            send("a", 1);
            send("poison", 1);
            send("b", 1);
            assertThat(topics()).containsExactly("a", "b");
            settle(wire.get(0));
            settle(wire.get(1));
            send("c", 1);

            assertThat(topics()).containsExactly("a", "b", "poison");
            settle(wire.get(2));
            assertThat(topics()).containsExactly("a", "b", "poison", "c");
        }

        @Test
        void isNobodyWhoWasAcknowledgedInBetween() {
            for (int i = 0; i < 10; i++) {
                wire.clear();
                up(20);
                send("chatty", 1);
                settle(wire.get(0));
                var cutShort = send("chatty", 1);
                outgoing.down("a bad line", true);
                assertThat(kindOf(cutShort)).isEqualTo(Kind.LOST);
            }
        }

        @Test
        void isNobodyWhenTheConnectionEndedForAnotherReason() {
            for (int i = 0; i < 10; i++) {
                up(20);
                var sent = send("a", 1);
                outgoing.down("the broker shuts down", false);
                assertThat(kindOf(sent)).isEqualTo(Kind.LOST);
            }
        }

        @Test
        void isTakenForTooLargeWhileNothingSoLargeGotThrough() {
            endWith("big", 50_000);
            endWith("big", 50_000);
            up(20);
            var third = send("big", 50_000);
            outgoing.down("cut", true);

            assertThat(kindOf(third)).isEqualTo(Kind.TOO_LARGE);
            assertThat(outgoing.maxPacket()).isEqualTo(12_500);
        }

        @Test
        void closesItsTopicWhenTheNextOneDoesItToo() {
            endWith("poison");
            endWith("poison");
            endWith("poison");
            endWith("poison");
            up(20);
            assertThat(kindOf(send("poison", 1))).isEqualTo(Kind.REFUSED);

            now += Duration.ofMinutes(10).toNanos();
            var later = send("poison", 1);
            settle(wire.get(wire.size() - 1));

            assertThat(later).isCompleted();
        }

        @Test
        void isFoundThoughItWasSentAtQosZero() {
            for (int i = 0; i < 3; i++) {
                up(20);
                var quiet = new PendingPublish("quiet", new MqttMessage(new byte[0], 0, false, null), Lane.BULK, 1);
                outgoing.offer(quiet);
                if (quiet.message.getQos() == 0) settle(quiet);
                outgoing.down("cut", true);
            }
            up(20);

            assertThat(outgoing.describe()).containsEntry("given_up", 1L);
        }

        /** Paho lowers the QoS itself; what it writes is settled at once, and never answered. */
        @Nested
        class AtABrokerWithQosZeroOnly {
            @Test
            void isFoundAndOthersAreAcquitted() {
                Optional<Kind> verdict = Optional.empty();
                int ends = 0;
                while (verdict.isEmpty() && ends < 10) {
                    wire.clear();
                    probes = 0;
                    up(20);
                    for (String topic : List.of("a", "b", "poison", "c", "d")) send(topic, 1);
                    for (int done = 0; done < wire.size(); done++) {
                        write(wire.get(done));
                        if (topics().contains("poison")) continue;
                        if (probes > 0) answer();
                    }
                    outgoing.down("cut", true);
                    ends++;
                    if (Long.valueOf(1).equals(outgoing.describe().get("given_up"))) verdict = Optional.of(Kind.POISON);
                }

                assertThat(verdict).contains(Kind.POISON);
                assertThat(ends).isLessThanOrEqualTo(5);
            }

            @Test
            void isNobodyWhoGotThroughInBetween() {
                for (int i = 0; i < 10; i++) {
                    endWritten("chatty");
                    up(20);
                    wire.clear();
                    send("chatty", 1);
                    write(wire.get(0));
                    answer();
                    outgoing.down("a bad line", true);
                }

                up(20);
                wire.clear();
                send("chatty", 1);
                send("chatty", 1);
                assertThat(topics()).as("sent together, not one by one").containsExactly("chatty", "chatty");
                assertThat(outgoing.describe()).containsEntry("given_up", 0L);
            }

            @Test
            void staysAloneUntilTheBrokerHasAnsweredBehindIt() {
                endWritten("a");
                endWritten("a");
                wire.clear();
                up(20);
                send("a", 1);
                send("b", 1);
                write(wire.get(0));
                if (wire.size() > 1) write(wire.get(1));
                assertThat(topics()).containsExactly("a");

                answer();

                assertThat(topics()).containsExactly("a", "b");
            }

            @Test
            void aProbeThatIsNotAnsweredIsSeenAsAStall() {
                endWritten("a");
                up(20);
                send("a", 1);
                write(wire.get(wire.size() - 1));
                now += Duration.ofSeconds(31).toNanos();
                assertThat(outgoing.stalled()).isEqualTo(Duration.ofSeconds(31));

                answer();

                assertThat(outgoing.stalled()).isZero();
            }

            @Test
            void nothingIsAskedWhileNobodyIsSuspected() {
                up(20);
                send("a", 1);
                write(wire.get(0));
                assertThat(probes).isZero();
            }

            private void endWritten(String topic) {
                up(20);
                send(topic, 1);
                write(wire.get(wire.size() - 1));
                outgoing.down("cut", true);
                probes = 0;
            }

            private void write(PendingPublish pending) {
                pending.message.setQos(0);
                settle(pending);
            }

            private void answer() {
                assertThat(probes).as("probes").isEqualTo(1);
                probes = 0;
                outgoing.probeAnswered();
            }
        }

        private void endWith(String topic) {
            endWith(topic, 1);
        }

        private void endWith(String topic, int bytes) {
            up(20);
            send(topic, bytes);
            outgoing.down("cut", true);
        }

        /** The broker takes one after the other, until the one at which it cuts. */
        private List<String> acknowledgeUntil(String topic) {
            var taken = new ArrayList<String>();
            for (int i = 0; i < wire.size() && !wire.get(i).topic.equals(topic); i++) {
                taken.add(wire.get(i).topic);
                settle(wire.get(i));
            }
            return taken;
        }
    }

    @Nested
    class WhatIsTooLarge {
        @Test
        void isRefusedAtOnceFromThenOnAndSmallerOnesGo() {
            up(20);
            send("output", 10_000);
            outgoing.settle(wire.get(0), Optional.of(LinkException.tooLarge("0x95")));

            assertThat(outgoing.maxPacket()).isEqualTo(5_000);
            assertThat(kindOf(send("output", 10_000))).isEqualTo(Kind.TOO_LARGE);
            assertThat(send("output", 5_000)).isNotDone();
        }

        @Test
        void isTriedAgainAfterAWhileAndAtAnotherBroker() {
            up(20);
            send("output", 10_000);
            outgoing.settle(wire.get(0), Optional.of(LinkException.tooLarge("0x95")));

            now += Duration.ofMinutes(10).toNanos();
            assertThat(outgoing.maxPacket()).isEqualTo(10_000);
            outgoing.up(network, URI.create("tcp://other"), 20, MAX_PACKET);
            assertThat(outgoing.maxPacket()).isEqualTo(MAX_PACKET);
        }
    }

    @Test
    void theOldestInFlightSaysHowLongNothingMoves() {
        up(20);
        send("lost", 1);
        now += Duration.ofSeconds(20).toNanos();
        send("a", 1);
        settle(wire.get(1));
        now += Duration.ofSeconds(10).toNanos();
        assertThat(outgoing.stalled()).isEqualTo(Duration.ofSeconds(30));

        settle(wire.get(0));

        assertThat(outgoing.stalled()).isZero();
    }

    private CompletableFuture<Void> send(String topic, int bytes) {
        return outgoing.offer(new PendingPublish(topic, new MqttMessage(), Lane.CONTROL, bytes));
    }

    private List<String> topics() {
        return wire.stream().map(pending -> pending.topic).toList();
    }

    private static Kind kindOf(CompletableFuture<Void> failed) {
        return LinkException.kindOf(failed.handle((none, problem) -> problem).join());
    }

    private void up(int receiveMaximum) {
        outgoing.up(network, BROKER, receiveMaximum, MAX_PACKET);
    }

    private void offer(Lane lane, int count, int bytes) {
        for (int i = 0; i < count; i++) {
            CompletableFuture<Void> done = outgoing.offer(pending(lane, bytes));
            assertThat(done).isNotCompletedExceptionally();
        }
    }

    private void settle(PendingPublish pending) {
        outgoing.settle(pending, Optional.empty());
    }

    private static PendingPublish pending(Lane lane, int bytes) {
        return new PendingPublish("topic", new MqttMessage(), lane, bytes);
    }
}
