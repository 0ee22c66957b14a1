package io.efka.agent.telemetry;

import static io.efka.agent.telemetry.Samples.CAMERA;
import static io.efka.agent.telemetry.Samples.MODEM;
import static io.efka.agent.telemetry.Samples.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import io.efka.agent.state.InMemoryRetained;
import io.efka.agent.supervision.FakeTimers;
import io.efka.mqtt.FakeLink;
import io.efka.mqtt.LinkException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class DataPublisherTest {
    private final FakeLink link = FakeLink.connected();
    private final FakeTimers timers = new FakeTimers();
    private final RecordedEvents events = new RecordedEvents();
    private final InMemoryRetained names = new InMemoryRetained();
    private final DataPublisher data = new DataPublisher(TOPICS, link, timers, events, names);

    private boolean say(int value) {
        return data.publish(CAMERA, "n", new JsonPrimitive(value), false);
    }

    private List<String> texts() {
        return link.published().stream().map(FakeLink.Sent::text).toList();
    }

    private void acknowledgeAll() {
        for (int i = 0; i < link.published().size(); i++)
            link.published().get(i).acknowledge();
    }

    @Nested
    class Online {
        Online() {
            data.online();
        }

        private String payload(JsonElement value) {
            data.publish(CAMERA, "n", value, false);
            return link.last().text();
        }

        @Test
        void valuesArePublishedAsTheyAre() {
            assertThat(payload(new JsonPrimitive(21.5))).isEqualTo("21.5");
            assertThat(link.last().topic()).isEqualTo("efka/dev1/svc/camera/data/n");
            assertThat(link.last().message().qos()).isEqualTo(1);
            assertThat(link.last().message().properties().contentType()).hasValue("application/json");
            assertThat(payload(new JsonArray())).isEqualTo("[]");
            assertThat(payload(new JsonPrimitive("on"))).isEqualTo("on");
            assertThat(link.last().message().properties().contentType()).hasValue("text/plain");
            assertThat(payload(JsonNull.INSTANCE)).isEmpty();
        }

        @Test
        void aBusyBrokerIsAskedAgainAfterGrowingWaitsInOrder() {
            say(1);
            link.last().fail(LinkException.busy("quota"));
            say(2);
            assertThat(texts()).containsExactly("1");
            timers.advance(Duration.ofSeconds(1));
            assertThat(texts()).containsExactly("1", "1", "2");
            link.published().get(1).fail(LinkException.busy("quota"));
            link.published().get(2).fail(LinkException.busy("quota"));
            timers.advance(Duration.ofMillis(1_900));
            assertThat(texts()).hasSize(3);
            timers.advance(Duration.ofMillis(100));

            assertThat(texts()).containsExactly("1", "1", "2", "1", "2");
            assertThat(data.counts()).containsEntry("dropped", 0L);
        }

        @Test
        void aValueThatABusyBrokerNeverTakesIsGivenUp() {
            say(1);
            for (int i = 0; i < 10; i++) {
                link.last().fail(LinkException.busy("quota"));
                timers.advance(Duration.ofMinutes(1));
            }

            assertThat(link.published()).hasSize(10);
            assertThat(data.counts()).containsEntry("dropped", 1L);
        }

        @Test
        void whatWasLostOnTheWayGoesAgainInOrder() {
            for (int i = 0; i < 100; i++) say(i);
            link.published().get(0).acknowledge();
            link.goDown();
            link.forget();
            link.goUp(true);
            data.online();
            acknowledgeAll();
            assertThat(texts())
                    .isEqualTo(
                            IntStream.range(1, 100).mapToObj(Integer::toString).toList());
        }

        @Test
        void anOlderValueIsNeverTheLastOne() {
            say(1);
            say(2);
            link.published().get(1).acknowledge();
            link.published().get(0).fail();
            timers.advance(Duration.ofSeconds(1));
            assertThat(texts()).containsExactly("1", "2", "1", "2");
        }

        @Test
        void servicesTakeTurns() {
            for (int i = 0; i < 1000; i++) say(i);
            data.publish(MODEM, "n", new JsonPrimitive("modem"), false);
            assertThat(texts()).contains("modem");
        }

        /** Says small values until no more are welcome. */
        private int sayAllThatIsWelcome() {
            int said = 1;
            while (say(said)) said++;
            return said;
        }

        @Test
        void whoSaysMoreThanTheBrokerTakesIsHeldBackUntilItHasTakenSome() {
            int said = sayAllThatIsWelcome();
            assertThat(said).isBetween(DataStream.CROWDED, DataStream.CROWDED + 100);
            assertThat(data.canAccept(CAMERA)).isFalse();
            assertThat(data.canAccept(MODEM)).isTrue();

            link.published().get(0).acknowledge();

            assertThat(data.canAccept(CAMERA)).isTrue();
            assertThat(data.counts()).containsEntry("dropped", 0L);
        }

        @Test
        void bigValuesAreHeldBackSooner() {
            var big = new JsonPrimitive("x".repeat(100_000));
            int said = 1;
            while (data.publish(CAMERA, "n", big, false)) said++;
            assertThat(said).isLessThan(50);
            assertThat(data.counts()).containsEntry("dropped", 0L);
        }

        @Test
        void aBrokerThatTakesNothingHoldsNobodyBackForLong() {
            sayAllThatIsWelcome();
            timers.suspend(DataPublisher.PATIENCE);
            assertThat(data.canAccept(CAMERA)).isTrue();

            link.published().get(0).acknowledge();
            say(1);

            assertThat(data.canAccept(CAMERA)).isFalse();
        }

        @Test
        void silenceBeforeABurstIsNotHeldAgainstTheBroker() {
            say(0);
            acknowledgeAll();
            timers.suspend(Duration.ofHours(1));
            assertThat(sayAllThatIsWelcome()).isLessThan(DataStream.CROWDED + 100);
        }
    }

    @Nested
    class Offline {
        @Test
        void theNewestAreKeptAndTheLossIsCountedAndAnnounced() {
            for (int i = 0; i < DataPublisher.MAX_MESSAGES + 5; i++)
                assertThat(say(i)).isTrue();
            assertThat(data.counts()).containsEntry("dropped", 5L);
            data.online();
            timers.advance(Duration.ofSeconds(1));
            assertThat(events.names).containsExactly("camera data_dropped");
            assertThat(events.last().get("count")).isEqualTo(5L);
            assertThat(texts().get(0)).isEqualTo("5");
        }

        @Test
        void whoHasMostLosesFirstWhenAllIsFull() {
            var big = new JsonPrimitive("x".repeat(100_000));
            data.publish(MODEM, "n", big, false);
            for (int i = 0; i < 200; i++) data.publish(CAMERA, "n", big, false);
            data.online();
            acknowledgeAll();
            assertThat(link.published().stream().filter(sent -> sent.topic().contains("modem")))
                    .hasSize(1);
            assertThat(link.published()).hasSize((int) (DataPublisher.MAX_BYTES / 100_000));
        }
    }

    @Nested
    class Retained {
        Retained() {
            data.online();
            data.publish(CAMERA, "a", new JsonPrimitive(1), true);
            data.publish(CAMERA, "b", new JsonPrimitive(1), true);
            acknowledgeAll();
        }

        @Test
        void isClearedWhenTheServiceIsRemoved() {
            assertThat(names.load()).containsEntry(CAMERA, Set.of("a", "b"));
            link.forget();

            data.removed(CAMERA);

            assertThat(link.published())
                    .extracting(FakeLink.Sent::topic, FakeLink.Sent::text)
                    .containsExactlyInAnyOrder(
                            org.assertj.core.groups.Tuple.tuple("efka/dev1/svc/camera/data/a", ""),
                            org.assertj.core.groups.Tuple.tuple("efka/dev1/svc/camera/data/b", ""));
            assertThat(link.last().message().retain()).isTrue();
            acknowledgeAll();
            assertThat(names.load()).isEmpty();
        }

        @Test
        void isClearedByTheNextAgentIfThisOneIsKilled() {
            var next = new DataPublisher(TOPICS, link, timers, events, names);
            link.forget();
            next.begin(Set.of());
            next.online();
            assertThat(link.published()).hasSize(2).allMatch(sent -> sent.text().isEmpty());
        }

        @Test
        void staysWhereTheServiceStays() {
            var next = new DataPublisher(TOPICS, link, timers, events, names);
            link.forget();
            next.begin(Set.of(CAMERA));
            next.online();
            assertThat(link.published()).isEmpty();
        }

        @Test
        void isForgottenWhenTheServiceClearsItItself() {
            data.publish(CAMERA, "a", JsonNull.INSTANCE, true);
            acknowledgeAll();
            assertThat(names.load()).containsEntry(CAMERA, Set.of("b"));
        }

        @Test
        void namesAreBounded() {
            for (int i = 0; i < 2 * DataPublisher.MAX_RETAINED; i++) {
                data.publish(CAMERA, "n" + i, new JsonPrimitive(i), true);
            }
            assertThat(data.counts().get("dropped")).isEqualTo(DataPublisher.MAX_RETAINED + 2L);
        }
    }
}
