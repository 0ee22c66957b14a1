package io.efka.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.supervision.FakeTimers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final FakeLink link = new FakeLink();
    private final FakeTimers timers = new FakeTimers();
    private final Outbox outbox = new Outbox(link, timers, 10, 1000);

    @Nested
    class WithoutAConnection {
        @Test
        void messagesWaitAndGoOutInOrder() {
            sendAll(1, 5);
            assertThat(link.published()).isEmpty();

            connect();

            assertThat(texts()).containsExactly("1", "2", "3", "4", "5");
        }

        @Test
        void theOldestGivesWayToTheNewestAndIsCounted() {
            var first = outbox.send(message("1"));
            sendAll(2, 12);

            assertThat(outbox.dropped()).isEqualTo(2);
            assertThat(outbox.size()).isEqualTo(10);
            assertThatThrownBy(first::join).hasCauseInstanceOf(LinkException.class);
            link.acknowledgeAtOnce();
            connect();
            assertThat(texts()).first().isEqualTo("3");
            assertThat(texts()).last().isEqualTo("12");
        }

        @Test
        void bytesAreBoundedAsWell() {
            outbox.send(message("x".repeat(600)));
            outbox.send(message("y".repeat(600)));

            assertThat(outbox.size()).isEqualTo(1);
            assertThat(outbox.dropped()).isEqualTo(1);
        }

        @Test
        void aMessageLargerThanTheOutboxIsNotTaken() {
            var huge = outbox.send(message("x".repeat(1001)));

            assertThat(huge).isCompletedExceptionally();
            assertThat(outbox.size()).isZero();
        }

        @Test
        void aMessageLargerThanTheOutboxCostsNoOther() {
            sendAll(1, 3);

            outbox.send(message("x".repeat(1001)));

            assertThat(outbox.size()).isEqualTo(3);
            assertThat(outbox.dropped()).isEqualTo(1);
            connect();
            assertThat(texts()).containsExactly("1", "2", "3");
        }

        @Test
        void aMessageLargerThanTheOutboxThatIsCutOffCostsNoOther() {
            connect();
            sendAll(1, 3);
            var huge = outbox.send(message("x".repeat(1001)));

            link.goDown();
            sendAll(4, 4);

            assertThat(huge).isCompletedExceptionally();
            assertThat(outbox.size()).isEqualTo(4);
            assertThat(outbox.dropped()).isEqualTo(1);
        }

        @Test
        void aMessageThatExpiredMeanwhileIsDropped() {
            var shortLived = outbox.send(expiring("old", 10));
            outbox.send(message("new"));
            timers.advance(Duration.ofSeconds(10));

            connect();

            assertThat(texts()).containsExactly("new");
            assertThat(shortLived).isCompletedExceptionally();
            assertThat(outbox.dropped()).isEqualTo(1);
        }

        @Test
        void theTimeItWaitedIsTakenFromItsExpiry() {
            outbox.send(expiring("hurry", 10));
            timers.advance(Duration.ofSeconds(4));

            connect();

            assertThat(link.published().get(0).message().properties().expirySeconds())
                    .hasValue(6);
        }
    }

    @Nested
    class WithAConnection {
        @Test
        void theFutureCompletesWhenTheBrokerHasIt() {
            connect();
            var sent = outbox.send(message("1"));
            assertThat(sent).isNotDone();

            link.acknowledgeNext();

            assertThat(sent).isCompleted();
            assertThat(outbox.size()).isZero();
        }

        @Test
        void onlyAFewAreInFlight() {
            connect();
            sendAll(1, 15);
            assertThat(link.unacknowledgedCount()).isEqualTo(8);

            link.acknowledgeAll();

            assertThat(texts()).hasSize(15).isSortedAccordingTo((a, b) -> Integer.parseInt(a) - Integer.parseInt(b));
        }

        @Test
        void repliesGoAheadOfOutput() {
            connect();
            outbox.send(message("1"));
            assertThat(link.published().get(0).lane()).isEqualTo(MqttLink.Lane.CONTROL);
        }

        @Test
        void aRefusedMessageIsGivenUpAndTheNextOneGoes() {
            connect();
            link.failNext(LinkException.refused("not authorized"));

            var refused = outbox.send(message("1"));
            outbox.send(message("2"));

            assertThat(refused).isCompletedExceptionally();
            assertThat(outbox.dropped()).isEqualTo(1);
            assertThat(texts()).containsExactly("2");
        }

        @Test
        void aPassingFailureIsRepeatedLaterInOrder() {
            connect();
            link.failNext(new LinkException("queue is full"));
            sendAll(1, 2);
            assertThat(texts()).isEmpty();

            timers.advance(Duration.ofSeconds(1));

            assertThat(texts()).containsExactly("1", "2");
        }

        @Test
        void aFutureMaySendAgain() {
            connect();
            outbox.send(message("1")).thenRun(() -> outbox.send(message("2")));
            link.acknowledgeNext();
            assertThat(texts()).containsExactly("1", "2");
        }
    }

    @Nested
    class WhenTheBrokerIsBusy {
        @Test
        void theTopicWaitsLongerEachTimeAndTheOthersDoNot() {
            connect();
            outbox.send(to("busy", "1"));
            refuseLast();
            outbox.send(to("busy", "2"));
            outbox.send(message("other"));
            assertThat(texts()).containsExactly("1", "other");
            link.acknowledgeAll();

            timers.advance(Duration.ofSeconds(1));
            assertThat(texts()).containsExactly("1", "other", "1", "2");
            link.published().get(2).fail(LinkException.busy("quota"));
            link.published().get(3).fail(LinkException.busy("quota"));
            timers.advance(Duration.ofMillis(1_900));
            assertThat(texts()).hasSize(4);
            timers.advance(Duration.ofMillis(100));

            assertThat(texts()).endsWith("1", "2").hasSize(6);
            link.acknowledgeAll();
            assertThat(outbox.size()).isZero();
        }

        @Test
        void aMessageIsGivenUpAfterMinutes() {
            connect();
            var sent = outbox.send(to("busy", "1"));
            for (int i = 0; i < 10; i++) {
                refuseLast();
                timers.advance(Duration.ofMinutes(1));
            }

            assertThat(sent).isCompletedExceptionally();
            assertThat(link.published()).hasSize(10);
            assertThat(outbox.size()).isZero();
        }

        private void refuseLast() {
            link.last().fail(LinkException.busy("quota"));
        }

        private Message to(String topic, String text) {
            return new Message(topic, text.getBytes(UTF_8), 1, false, Message.Properties.NONE);
        }
    }

    @Nested
    class WhenTheConnectionIsLost {
        @Test
        void whatWasNotAcknowledgedGoesOutAgainAheadOfTheRest() {
            connect();
            sendAll(1, 10);
            link.acknowledgeNext();

            link.goDown();
            connect();
            link.acknowledgeAll();

            assertThat(texts().subList(0, 9)).containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9");
            assertThat(texts().subList(9, 18)).containsExactly("2", "3", "4", "5", "6", "7", "8", "9", "10");
            assertThat(outbox.size()).isZero();
            assertThat(outbox.dropped()).isZero();
        }

        @Test
        void nothingIsSentBeforeTheNextConnection() {
            connect();
            outbox.send(message("1"));
            link.goDown();

            outbox.send(message("2"));
            timers.advance(Duration.ofSeconds(5));

            assertThat(texts()).containsExactly("1");
        }
    }

    private void connect() {
        link.goUp(true);
        outbox.connected();
    }

    private void sendAll(int from, int to) {
        IntStream.rangeClosed(from, to).forEach(i -> outbox.send(message(Integer.toString(i))));
    }

    private List<String> texts() {
        return link.published().stream()
                .map(sent -> new String(sent.message().payload(), UTF_8))
                .toList();
    }

    private static Message message(String text) {
        return new Message("efka/dev1/reply", text.getBytes(UTF_8), 1, false, Message.Properties.NONE);
    }

    private static Message expiring(String text, long seconds) {
        var properties = new Message.Properties(
                Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.of(seconds), List.of());
        return new Message("efka/dev1/reply", text.getBytes(UTF_8), 1, false, properties);
    }
}
