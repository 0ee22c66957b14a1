package io.efka.agent.telemetry;

import static io.efka.agent.telemetry.Samples.CAMERA;
import static io.efka.agent.telemetry.Samples.MODEM;
import static io.efka.agent.telemetry.Samples.RUN_1;
import static io.efka.agent.telemetry.Samples.TOPICS;
import static io.efka.agent.telemetry.Samples.alive;
import static io.efka.agent.telemetry.Samples.backoff;
import static io.efka.agent.telemetry.Samples.crashed;
import static io.efka.agent.telemetry.Samples.running;
import static io.efka.agent.telemetry.Samples.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.FakeTimers;
import io.efka.mqtt.FakeLink;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink.Lane;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.HealthState;
import io.efka.protocol.ServiceStatus.State;
import io.efka.protocol.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class RetainedStatusesTest {
    private final FakeTimers timers = new FakeTimers();
    private final FakeLink link = FakeLink.connected();
    private final RecordedEvents events = new RecordedEvents();
    private final RetainedStatuses statuses = new RetainedStatuses(TOPICS, link, timers, events, new StatusCodec(17));

    @Nested
    final class WhenTheBrokerDoesNotTakeIt {
        WhenTheBrokerDoesNotTakeIt() {
            statuses.online(false);
        }

        @Test
        void theDocumentIsShortenedUntilItFits() {
            link.limit(400);
            statuses.changed(crashed(CAMERA, "x".repeat(3_000)));

            assertThat(link.published()).hasSize(1);
            assertThat(link.last().message().packetBytes()).isLessThanOrEqualTo(400);
            assertThat(link.last().text())
                    .contains("\"state\":", "\"shortened\":true")
                    .doesNotContain("xxx");
        }

        @Test
        void onlyTheLastWordsGoWhereThatIsEnough() {
            link.limit(900);
            statuses.changed(crashed(CAMERA, "x".repeat(3_000)));

            assertThat(link.last().text())
                    .contains("\"last_exit\":{", "\"warnings\":")
                    .doesNotContain("xxx");
        }

        @Test
        void whatFitsNoLimitIsTriedAgainAfterAWhile() {
            link.limit(50);
            statuses.changed(stopped(CAMERA));
            assertThat(link.published()).isEmpty();

            link.limit(1_000);
            timers.advance(Duration.ofMinutes(10));

            assertThat(link.last().text()).contains("\"state\":\"stopped\"");
        }

        @Test
        void aBusyBrokerIsAskedAfterGrowingWaits() {
            statuses.changed(stopped(CAMERA));
            link.last().fail(LinkException.busy("quota"));
            timers.advance(Duration.ofSeconds(1));
            link.last().fail(LinkException.busy("quota"));
            timers.advance(Duration.ofMillis(1_900));
            assertThat(link.published()).hasSize(2);
            timers.advance(Duration.ofMillis(100));

            assertThat(link.published()).hasSize(3);
        }

        @Test
        void aRefusedOneIsTriedSeldomAndAtTheNextConnection() {
            statuses.changed(stopped(CAMERA));
            link.last().fail(LinkException.refused("not authorised"));
            timers.advance(Duration.ofMinutes(9));
            statuses.changed(running(CAMERA, RUN_1));
            assertThat(link.published()).hasSize(1);

            statuses.offline();
            statuses.online(true);
            assertThat(link.published()).hasSize(2);
            link.last().fail(LinkException.refused("not authorised"));
            timers.advance(Duration.ofMinutes(10));

            assertThat(link.published()).hasSize(3);
            assertThat(link.last().text()).contains("\"state\":\"running\"");
        }
    }

    @Nested
    final class WhenOnline {
        WhenOnline() {
            statuses.online(false);
        }

        @Test
        void aChangeIsPublishedRetainedAheadOfOutput() {
            statuses.changed(stopped(CAMERA));

            FakeLink.Sent sent = link.last();
            assertThat(sent.topic()).isEqualTo("efka/dev1/svc/camera/status");
            assertThat(sent.message().retain()).isTrue();
            assertThat(sent.message().qos()).isEqualTo(1);
            assertThat(sent.message().properties()).isEqualTo(Message.Properties.JSON);
            assertThat(sent.lane()).isEqualTo(Lane.CONTROL);
            assertThat(sent.text()).contains("\"state\":\"stopped\"");
        }

        @Test
        void whatChangesWhileOneIsInFlightIsCoalescedAndTheLastGoesOut() {
            statuses.changed(stopped(CAMERA));
            statuses.changed(backoff(CAMERA, 1));
            statuses.changed(backoff(CAMERA, 2));
            statuses.changed(running(CAMERA, RUN_1));
            assertThat(link.published()).hasSize(1);

            link.last().acknowledge();

            assertThat(link.published()).hasSize(2);
            assertThat(link.last().text()).contains("\"state\":\"running\"");
            link.last().acknowledge();
            assertThat(link.published()).hasSize(2);
        }

        @Test
        void servicesDoNotWaitForEachOther() {
            statuses.changed(stopped(CAMERA));
            statuses.changed(stopped(MODEM));

            assertThat(link.published()).hasSize(2);
        }

        @Test
        void whatIsNoChangeIsNotPublished() {
            statuses.changed(stopped(CAMERA));
            link.last().acknowledge();
            statuses.changed(stopped(CAMERA));

            assertThat(link.published()).hasSize(1);
            assertThat(events.names).hasSize(1);
        }

        @Test
        void aRefusalIsTriedAgainAfterASecondNotAtOnce() {
            statuses.changed(stopped(CAMERA));
            link.last().fail();
            statuses.changed(running(CAMERA, RUN_1));
            assertThat(link.published()).hasSize(1);

            timers.advance(Duration.ofSeconds(1));

            assertThat(link.published()).hasSize(2);
            assertThat(link.last().text()).contains("\"state\":\"running\"");
        }

        @Test
        void aRemovedServiceIsClearedAfterWhatWasInFlight() {
            statuses.changed(stopped(CAMERA));
            statuses.removed(CAMERA);
            link.last().acknowledge();

            assertThat(link.last().topic()).isEqualTo("efka/dev1/svc/camera/status");
            assertThat(link.last().message().payload()).isEmpty();
            assertThat(link.last().message().retain()).isTrue();
            assertThat(events.names).endsWith("camera removed");

            link.last().acknowledge();
            statuses.offline();
            statuses.online(false);
            assertThat(link.published()).hasSize(2);
        }

        @Test
        void aServiceInstalledAnewWhileItsRemovalIsUnderWayIsThereInTheEnd() {
            statuses.changed(stopped(CAMERA));
            link.last().acknowledge();
            statuses.removed(CAMERA);
            statuses.changed(running(CAMERA, RUN_1));
            link.last().acknowledge();
            link.last().acknowledge();

            assertThat(link.published()).hasSize(3);
            assertThat(link.last().text()).contains("\"state\":\"running\"");
            statuses.offline();
            statuses.online(false);
            assertThat(link.published()).hasSize(4);
        }

        @Test
        void aStatusLeftOverByAnEarlierAgentIsCleared() {
            statuses.changed(stopped(MODEM));
            statuses.received(retained("efka/dev1/svc/ghost/status", "{}"));
            statuses.received(retained("efka/dev1/svc/modem/status", "{}"));
            statuses.received(retained("efka/dev1/svc/gone/status", ""));
            statuses.received(retained("efka/dev1/svc//status", "{}"));
            statuses.received(retained("efka/dev1/svc/a/b/status", "{}"));
            statuses.received(retained("efka/dev2/svc/ghost/status", "{}"));

            assertThat(link.published()).hasSize(2);
            assertThat(link.last().topic()).isEqualTo("efka/dev1/svc/ghost/status");
            assertThat(link.last().message().payload()).isEmpty();
        }

        @Test
        void aServiceThatComesWhileAStrangeStatusIsClearedKeepsItsOwn() {
            statuses.received(retained("efka/dev1/svc/camera/status", "{}"));
            statuses.received(retained("efka/dev1/svc/camera/status", "{}"));
            link.acknowledgeAll();
            statuses.changed(running(CAMERA, RUN_1));
            link.acknowledgeAll();
            timers.advance(Duration.ofMinutes(1));
            link.acknowledgeAll();

            assertThat(link.last().text()).contains("\"state\":\"running\"");
        }

        @Test
        void theTopicOfNoServiceIsClearedOnceASecondHoweverOftenItIsWritten() {
            link.acknowledgeAtOnce();
            for (int i = 0; i < 50; i++) {
                statuses.received(retained("efka/dev1/svc/ghost/status", "{}"));
                statuses.received(retained("efka/dev1/svc/ghost/status", ""));
                timers.advance(Duration.ofMillis(100));
            }
            timers.advance(Duration.ofMinutes(1));

            assertThat(link.published()).hasSizeBetween(5, 7);
            assertThat(timers.pending()).isZero();
        }

        private Message retained(String topic, String text) {
            return new Message(topic, text.getBytes(StandardCharsets.UTF_8), 1, true, Message.Properties.NONE);
        }
    }

    @Nested
    final class WhenSomebodyElseWrites {
        private static final String TOPIC = "efka/dev1/svc/camera/status";

        WhenSomebodyElseWrites() {
            link.acknowledgeAtOnce();
            statuses.online(false);
            statuses.changed(stopped(CAMERA));
            echo(0);
        }

        private void echo(int number) {
            statuses.received(link.publishedOn(TOPIC).get(number));
        }

        private void write(String text) {
            statuses.received(
                    new Message(TOPIC, text.getBytes(StandardCharsets.UTF_8), 1, true, Message.Properties.NONE));
        }

        private int published() {
            return link.publishedOn(TOPIC).size();
        }

        @Test
        void theStatusIsPublishedAgainWithinASecond() {
            write("{\"state\":\"running\"}");
            timers.advance(OverwriteDetector.DELAY);

            assertThat(published()).isEqualTo(2);
            assertThat(link.last().text()).contains("\"state\":\"stopped\"");
        }

        @Test
        void soItIsWhereItWasCleared() {
            write("");
            timers.advance(OverwriteDetector.DELAY);

            assertThat(published()).isEqualTo(2);
        }

        @Test
        void onceASecondAtMostAndNotWithoutEnd() {
            for (int i = 0; i < 50; i++) {
                write("{}");
                echo(published() - 1);
                write("x" + i);
                timers.advance(Duration.ofMillis(100));
            }
            timers.advance(OverwriteDetector.DELAY);
            assertThat(published()).isBetween(4, 7);
            echo(published() - 1);
            int settled = published();
            timers.advance(Duration.ofMinutes(1));

            assertThat(published()).isEqualTo(settled);
        }

        @Test
        void echoesThatComeLateAreKnown() {
            statuses.changed(backoff(CAMERA, 1));
            statuses.changed(backoff(CAMERA, 2));
            statuses.changed(running(CAMERA, RUN_1));
            for (int i = 1; i < 4; i++) {
                timers.advance(Duration.ofSeconds(5));
                echo(i);
            }
            timers.advance(Duration.ofMinutes(1));

            assertThat(published()).isEqualTo(4);
        }

        @Test
        void whatOursHasReplacedAlreadyIsLeftAlone() {
            write("{}");
            statuses.changed(running(CAMERA, RUN_1));
            echo(1);
            timers.advance(Duration.ofMinutes(1));

            assertThat(published()).isEqualTo(2);
        }

        @Test
        void anOlderStatusOfOursIsNoneOfOurs() {
            statuses.changed(running(CAMERA, RUN_1));
            echo(1);
            echo(0);
            timers.advance(OverwriteDetector.DELAY);

            assertThat(published()).isEqualTo(3);
            assertThat(link.last().text()).contains("\"state\":\"running\"");
        }

        @Test
        void nothingIsPublishedWhileAnotherAgentHasTheDeviceAndAllIsRightAfterwards() {
            statuses.offline();
            write("{\"state\":\"running\",\"session\":3}");
            timers.advance(Duration.ofMinutes(10));
            assertThat(published()).isEqualTo(1);
            statuses.online(true);

            assertThat(published()).isEqualTo(2);
            assertThat(link.last().text()).contains("\"state\":\"stopped\"");
        }

        @Test
        void aServiceThatWasRemovedIsClearedAgain() {
            statuses.removed(CAMERA);
            write("{}");
            write("{}");
            timers.advance(Duration.ofMinutes(1));

            assertThat(published()).isEqualTo(4);
            assertThat(link.last().message().payload()).isEmpty();
        }
    }

    @Nested
    final class AfterAReconnect {
        AfterAReconnect() {
            statuses.online(false);
            statuses.changed(stopped(CAMERA));
            statuses.changed(stopped(MODEM));
            link.published().get(0).acknowledge();
        }

        private void reconnect(boolean sessionPresent) {
            link.goDown();
            statuses.offline();
            link.goUp(true);
            link.forget();
            statuses.online(sessionPresent);
        }

        @Test
        void withASessionWhatWasNotAcknowledgedGoesOutAgain() {
            timers.advance(Duration.ofHours(2));

            reconnect(true);

            assertThat(link.published()).extracting(FakeLink.Sent::topic).containsExactly("efka/dev1/svc/modem/status");
        }

        @Test
        void withASessionOfABrokerThatMayHaveLostTheLastHourWhatIsYoungGoesOutAgain() {
            reconnect(true);

            assertThat(link.published()).hasSize(2);
        }

        @Test
        void withoutASessionEverythingGoesOutAgain() {
            timers.advance(Duration.ofHours(2));

            reconnect(false);

            assertThat(link.published()).hasSize(2);
        }

        @Test
        void onlyTheNewestOfWhatChangedWhileOfflineGoesOut() {
            link.goDown();
            statuses.offline();
            statuses.changed(backoff(CAMERA, 1));
            statuses.changed(running(CAMERA, RUN_1));
            link.goUp(true);
            link.forget();
            statuses.online(true);

            assertThat(link.published())
                    .filteredOn(sent -> sent.topic().contains("camera"))
                    .singleElement()
                    .satisfies(sent -> assertThat(sent.text()).contains("\"state\":\"running\""));
        }

        @Test
        void aFailureThatComesLateDoesNotKeepTheDocumentFromTheNewConnection() {
            FakeLink.Sent old = link.last();
            statuses.offline();
            statuses.online(true);
            link.forget();
            old.fail();

            assertThat(link.published()).hasSize(1);
            assertThat(link.last().topic()).isEqualTo("efka/dev1/svc/modem/status");
        }

        @Test
        void nothingIsPublishedWhileOffline() {
            link.forget();
            statuses.offline();
            statuses.changed(running(CAMERA, RUN_1));
            timers.advance(Duration.ofMinutes(5));

            assertThat(link.published()).isEmpty();
        }
    }

    @Nested
    final class Announces {
        @Test
        void everyChangeOfStateWithItsCauseAlsoWhatTheDocumentSkipped() {
            statuses.changed(stopped(CAMERA));
            statuses.changed(running(CAMERA, RUN_1));
            statuses.changed(backoff(CAMERA, 1));

            assertThat(events.names).containsExactly("camera state", "camera state", "camera state");
            assertThat(JsonWriter.object(events.last()).toString())
                    .isEqualTo("{\"from\":\"running\",\"to\":\"backoff\",\"cause\":{\"kind\":\"exit\",\"code\":1},"
                            + "\"desired\":\"running\",\"ready\":false,\"health\":\"unknown\",\"restarts\":1,"
                            + "\"next_attempt_at\":\"2026-11-22T20:15:02.623Z\","
                            + "\"exit\":{\"run\":\"01JDA000000000000000000001\",\"code\":1,\"signal\":null,"
                            + "\"oom\":false,\"at\":\"2026-11-22T20:15:00.123Z\"}}");
        }

        @Test
        void healthAndReadinessOnTheirOwn() {
            statuses.changed(alive(CAMERA, RUN_1, State.RUNNING, false, HealthState.UNKNOWN));
            statuses.changed(alive(CAMERA, RUN_1, State.RUNNING, true, HealthState.HEALTHY));

            assertThat(events.names).containsExactly("camera state", "camera ready", "camera health");
            assertThat(events.last())
                    .isEqualTo(Map.of(
                            "health",
                            "healthy",
                            "state",
                            "running",
                            "cause",
                            Map.of("kind", "command", "id", "7f3a"),
                            "run",
                            RUN_1.value()));
        }
    }

    @Test
    void removedServicesDoNotPileUpForEver() {
        for (int i = 0; i < RetainedStatuses.MAX_REMOVED + 50; i++) statuses.removed(new ServiceId("s" + i));
        statuses.online(false);

        assertThat(link.published()).hasSize(RetainedStatuses.MAX_REMOVED);
        assertThat(link.last().topic()).isEqualTo("efka/dev1/svc/s1049/status");
    }
}
