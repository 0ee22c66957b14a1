package io.efka.agent.session;

import static io.efka.agent.telemetry.Samples.CAMERA;
import static io.efka.agent.telemetry.Samples.MODEM;
import static io.efka.agent.telemetry.Samples.RUN_1;
import static io.efka.agent.telemetry.Samples.backoff;
import static io.efka.agent.telemetry.Samples.running;
import static io.efka.agent.telemetry.Samples.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.efka.agent.supervision.FakeTimers;
import io.efka.agent.telemetry.AgentInstance;
import io.efka.agent.telemetry.MachineFacts;
import io.efka.agent.telemetry.Samples;
import io.efka.agent.telemetry.Version;
import io.efka.mqtt.FakeLink;
import io.efka.mqtt.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DevicePresenceTest {
    private static final String TOPIC = "efka/dev1/status";

    private final FakeBroker broker = new FakeBroker(true, false, 1);
    private final FakeTimers timers = broker.timers;

    private String retained() {
        return broker.retained
                .map(message -> new String(message.payload(), StandardCharsets.UTF_8))
                .orElse("nothing");
    }

    private void pass(long seconds) {
        timers.advance(Duration.ofSeconds(seconds));
    }

    private Message status(String json) {
        return new Message(TOPIC, json.getBytes(StandardCharsets.UTF_8), 1, true, Message.Properties.JSON);
    }

    @Nested
    final class Alone {
        private final FakeBroker.Agent agent = broker.agent(17, "a1", "gw");

        @Test
        void theBirthSaysWhatIsThere() {
            agent.presence.changed(stopped(CAMERA));
            agent.presence.changed(running(MODEM, RUN_1));
            agent.connect();
            timers.advance(Duration.ofMillis(20));

            assertThat(JsonParser.parseString(retained())).isEqualTo(JsonParser.parseString("""
                    {"v":1,"device":"dev1","online":true,"session":17,"instance":"a1","version":"0.1.0","host":"gw",
                     "os":"Linux","java":"17","groups":["all","lab"],"boot_at":"1970-01-01T00:00:00.000Z",
                     "started_at":"2026-11-22T20:15:00.123Z","birth":1,"at":"2026-11-22T20:15:00.128Z",
                     "services":{"stopped":1,"starting":0,"running":1,"stopping":0,"backoff":0,"failed":0,"completed":0,
                      "scheduled":0}}
                    """));
            assertThat(agent.heard).containsExactly("online false");
        }

        @Test
        void theWillSaysThatItIsGone() {
            Message will = agent.presence.will();

            assertThat(will.topic()).isEqualTo(TOPIC);
            assertThat(will.retain()).isTrue();
            assertThat(will.qos()).isEqualTo(1);
            assertThat(new String(will.payload(), StandardCharsets.UTF_8))
                    .contains("\"online\":false", "\"session\":17", "\"instance\":\"a1\"", "\"reason\":\"lost\"");
        }

        @Test
        void theWillSaysWhenItsConnectionBegan() {
            pass(60);

            assertThat(new String(agent.presence.will().payload(), StandardCharsets.UTF_8))
                    .contains("\"connected_at\":\"2026-11-22T20:16:00.123Z\"")
                    .doesNotContain("\"at\"");
        }

        @Test
        void aBirthAndAFarewellSayWhenTheyWerePublished() {
            agent.connect();
            pass(3);
            agent.presence.changed(stopped(CAMERA));
            pass(3);
            assertThat(JsonParser.parseString(retained())
                            .getAsJsonObject()
                            .get("at")
                            .getAsString())
                    .startsWith("2026-11-22T20:15:0");

            pass(60);
            agent.session.shutdown();
            pass(3);
            assertThat(retained()).contains("\"reason\":\"shutdown\",\"at\":\"2026-11-22T20:16:06.123Z\"");
        }

        @Test
        void countsAreRefreshedAtMostOnceASecondAndTheLastAlways() {
            agent.connect();
            pass(1);
            for (int i = 0; i < 50; i++) {
                agent.presence.changed(backoff(CAMERA, i));
                agent.presence.changed(running(CAMERA, RUN_1));
                timers.advance(Duration.ofMillis(50));
            }
            agent.presence.changed(stopped(CAMERA));
            pass(2);

            assertThat(agent.births).isBetween(3, 5);
            assertThat(retained()).contains("\"stopped\":1", "\"running\":0");
        }

        @Test
        void aRemovedServiceCountsNoMore() {
            agent.presence.changed(stopped(CAMERA));
            agent.connect();
            pass(3);
            agent.presence.removed(CAMERA);
            pass(3);

            assertThat(retained()).contains("\"stopped\":0");
        }

        @Test
        void theBirthIsBackSoonAfterALostConnection() {
            agent.connect();
            pass(3);
            agent.lose();
            assertThat(retained()).contains("\"reason\":\"lost\"");
            pass(2);

            assertThat(retained()).contains("\"online\":true");
            assertThat(agent.births).isEqualTo(2);
            assertThat(agent.heard).containsExactly("online false", "offline", "online true");
            assertThat(agent.events.names).isEmpty();
        }

        @Test
        void aGracefulEndSaysSoAndIsTheLastWord() {
            agent.connect();
            pass(3);
            var said = agent.session.shutdown();
            agent.presence.changed(stopped(CAMERA));
            pass(3);

            assertThat(said).isCompleted();
            assertThat(retained()).contains("\"online\":false", "\"reason\":\"shutdown\"");
        }

        @Test
        void anEndWithoutAConnectionWaitsForNobody() {
            assertThat(agent.session.shutdown()).isCompleted();
        }
    }

    @Nested
    final class WhenTheBrokerTakesNoPacketSoLarge {
        private final FakeLink link = FakeLink.connected();
        private final DevicePresence presence = new DevicePresence(
                new ManualMailbox(),
                new DeviceStatusCodec(
                        new AgentInstance(17, "a1", new Version("0.1.0"), timers.now()),
                        new MachineFacts("gw", "Linux", "17", Optional.of(Instant.EPOCH)),
                        Samples.TOPICS),
                Samples.TOPICS,
                link,
                timers);

        WhenTheBrokerTakesNoPacketSoLarge() {
            link.acknowledgeAtOnce();
        }

        @Test
        void theRefusedFiltersAreLeftOutFirst() {
            link.limit(500);
            presence.announce();
            presence.subscriptionsRefused(Map.of("efka/lab/#", "not allowed ".repeat(30)));

            assertThat(link.last().text())
                    .contains("\"shortened\":true", "\"services\":{")
                    .doesNotContain("filters_refused");
        }

        @Test
        void itIsStillSaidWhoIsThereAndWhoLeaves() {
            link.limit(200);
            presence.announce();
            assertThat(link.last().text()).contains("\"online\":true", "\"session\":17", "\"shortened\":true");

            assertThat(presence.farewell()).isCompleted();

            assertThat(link.last().text()).contains("\"online\":false", "\"reason\":\"shutdown\"");
        }

        @Test
        void whatIsTooLargeAtItsShortestIsTriedOnceAMinute() {
            link.limit(50);
            presence.announce();
            assertThat(presence.births()).isLessThan(5);
            pass(59);
            assertThat(presence.births()).isLessThan(5);

            link.limit(1_000);
            pass(2);

            assertThat(link.last().text()).contains("\"services\":{").doesNotContain("shortened");
        }
    }

    @Nested
    final class AfterAnEarlierStart {
        private final FakeBroker.Agent earlier = broker.agent(16, "a0", "gw");
        private final FakeBroker.Agent agent = broker.agent(17, "a1", "gw");

        @Test
        void itsStaleBirthIsReplacedWithoutAWord() {
            earlier.connect();
            pass(3);
            earlier.kill(false);
            agent.connect();
            pass(3);

            assertThat(retained()).contains("\"session\":17", "\"online\":true");
            assertThat(agent.events.names).isEmpty();
        }

        @Test
        void itsLateWillIsAnsweredWithTheBirth() {
            agent.connect();
            pass(3);
            broker.publish(earlier.presence.will());
            pass(3);

            assertThat(retained()).contains("\"session\":17", "\"online\":true");
            assertThat(agent.births).isEqualTo(2);
            assertThat(agent.events.names).isEmpty();
            assertThat(agent.session.isOnline()).isTrue();
        }

        @ParameterizedTest
        @CsvSource({"''", "'{'", "'[]'", "'{\"online\":1}'", "'{\"online\":true,\"session\":\"x\",\"instance\":\"y\"}'"
        })
        void whateverElseReplacesTheBirthIsAnsweredWithIt(String payload) {
            agent.connect();
            pass(3);
            broker.publish(status(payload));
            pass(3);

            assertThat(retained()).contains("\"session\":17", "\"online\":true");
            assertThat(agent.births).isEqualTo(2);
        }
    }

    @Nested
    final class WithAnotherAgent {
        @Test
        void aStaleBirthOfAnotherHostIsReplacedAndReported() {
            FakeBroker.Agent gone = broker.agent(99, "b1", "other");
            gone.connect();
            pass(3);
            gone.kill(false);
            FakeBroker.Agent agent = broker.agent(1, "a1", "gw").connect();
            pass(60);

            assertThat(retained()).contains("\"instance\":\"a1\"", "\"online\":true");
            assertThat(agent.events.names).containsExactly("device_claimed");
            assertThat(agent.events.last())
                    .isEqualTo(Map.of("from", Map.of("session", 99L, "instance", "b1", "host", "other")));
        }

        @Test
        void theOneThatWasThereYieldsAndSaysToWhom() {
            FakeBroker.Agent first = broker.agent(17, "a1", "gw").connect();
            pass(30);
            FakeBroker.Agent second = broker.agent(3, "b1", "other").connect();
            pass(20);

            assertThat(first.session.isOnline()).isFalse();
            assertThat(second.session.isOnline()).isTrue();
            assertThat(retained()).contains("\"instance\":\"b1\"", "\"online\":true");
            assertThat(first.events.names).containsExactly("session_taken_over");
            assertThat(first.events.last().get("by"))
                    .isEqualTo(Map.of("session", 3L, "instance", "b1", "host", "other"));
            assertThat(first.heard).endsWith("hold off PT1M");
        }

        @Test
        void ofTwoOnOneHostTheHigherSessionHasTheDevice() {
            FakeBroker.Agent higher = broker.agent(17, "a1", "gw").connect();
            pass(30);
            FakeBroker.Agent lower = broker.agent(3, "b1", "gw").connect();
            pass(40);

            assertThat(higher.session.isOnline()).isTrue();
            assertThat(lower.session.isOnline()).isFalse();
            assertThat(lower.events.names).contains("session_taken_over");
        }

        @Test
        void whatIsRetainedIsNotTrustedAfterAnotherHadTheDevice() {
            FakeBroker.Agent first = broker.agent(17, "a1", "gw").connect();
            pass(30);
            FakeBroker.Agent second = broker.agent(3, "b1", "other").connect();
            pass(10);
            second.session.shutdown();
            pass(1);
            second.kill(false);
            pass(80);

            assertThat(first.session.isOnline()).isTrue();
            assertThat(first.heard).endsWith("offline", "hold off PT1M", "online false");
        }

        @Test
        void aCalmTimeAsTheDeviceEndsTheStory() {
            FakeBroker.Agent first = broker.agent(17, "a1", "gw").connect();
            pass(30);
            visit("b1");
            pass(BrokerSession.CALM.toSeconds() + 120);
            visit("b2");

            assertThat(first.heard.stream().filter(word -> word.startsWith("hold off")))
                    .containsExactly("hold off PT1M", "hold off PT1M");
        }

        @Test
        void withoutACalmTimeThePauseGrows() {
            FakeBroker.Agent first = broker.agent(17, "a1", "gw").connect();
            pass(30);
            visit("b1");
            pass(120);
            visit("b2");

            assertThat(first.heard.stream().filter(word -> word.startsWith("hold off")))
                    .containsExactly("hold off PT1M", "hold off PT2M");
        }

        private void visit(String instance) {
            FakeBroker.Agent visitor = broker.agent(3, instance, "other").connect();
            pass(10);
            visitor.session.shutdown();
            pass(1);
            visitor.kill(false);
        }
    }
}
