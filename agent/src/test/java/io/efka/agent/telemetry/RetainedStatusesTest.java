package io.efka.agent.telemetry;

import static io.efka.agent.telemetry.Samples.CAMERA;
import static io.efka.agent.telemetry.Samples.MODEM;
import static io.efka.agent.telemetry.Samples.RUN_1;
import static io.efka.agent.telemetry.Samples.TOPICS;
import static io.efka.agent.telemetry.Samples.alive;
import static io.efka.agent.telemetry.Samples.backoff;
import static io.efka.agent.telemetry.Samples.running;
import static io.efka.agent.telemetry.Samples.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.service.FakeTimers;
import io.efka.agent.service.ServiceId;
import io.efka.agent.service.ServiceStatus.HealthState;
import io.efka.agent.service.ServiceStatus.State;
import io.efka.agent.wire.FakeLink;
import io.efka.agent.wire.Message;
import io.efka.agent.wire.MqttLink.Lane;
import io.efka.agent.wire.Properties;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class RetainedStatusesTest {
    private final FakeTimers timers = new FakeTimers();
    private final FakeLink link = FakeLink.connected();
    private final RecordedEvents events = new RecordedEvents();
    private final RetainedStatuses board =
            new RetainedStatuses(TOPICS, new Uplink(link, timers, timers::nanos), events, new StatusCodec(17));

    @Nested
    final class WhenOnline {
        WhenOnline() {
            board.online(false);
        }

        @Test
        void aChangeIsPublishedRetainedAheadOfOutput() {
            board.changed(stopped(CAMERA));

            FakeLink.Sent sent = link.last();
            assertThat(sent.topic()).isEqualTo("efka/dev1/svc/camera/status");
            assertThat(sent.message().retain()).isTrue();
            assertThat(sent.message().qos()).isEqualTo(1);
            assertThat(sent.message().properties()).isEqualTo(Properties.JSON);
            assertThat(sent.lane()).isEqualTo(Lane.CONTROL);
            assertThat(sent.text()).contains("\"state\":\"stopped\"");
        }

        @Test
        void whatChangesWhileOneIsInFlightIsCoalescedAndTheLastGoesOut() {
            board.changed(stopped(CAMERA));
            board.changed(backoff(CAMERA, 1));
            board.changed(backoff(CAMERA, 2));
            board.changed(running(CAMERA, RUN_1));
            assertThat(link.published()).hasSize(1);

            link.last().acknowledge();

            assertThat(link.published()).hasSize(2);
            assertThat(link.last().text()).contains("\"state\":\"running\"");
            link.last().acknowledge();
            assertThat(link.published()).hasSize(2);
        }

        @Test
        void servicesDoNotWaitForEachOther() {
            board.changed(stopped(CAMERA));
            board.changed(stopped(MODEM));

            assertThat(link.published()).hasSize(2);
        }

        @Test
        void whatIsNoChangeIsNotPublished() {
            board.changed(stopped(CAMERA));
            link.last().acknowledge();
            board.changed(stopped(CAMERA));

            assertThat(link.published()).hasSize(1);
            assertThat(events.names).hasSize(1);
        }

        @Test
        void aRefusalIsTriedAgainAfterASecondNotAtOnce() {
            board.changed(stopped(CAMERA));
            link.last().fail();
            board.changed(running(CAMERA, RUN_1));
            assertThat(link.published()).hasSize(1);

            timers.advance(Duration.ofSeconds(1));

            assertThat(link.published()).hasSize(2);
            assertThat(link.last().text()).contains("\"state\":\"running\"");
        }

        @Test
        void aRemovedServiceIsClearedAfterWhatWasInFlight() {
            board.changed(stopped(CAMERA));
            board.removed(CAMERA);
            link.last().acknowledge();

            assertThat(link.last().topic()).isEqualTo("efka/dev1/svc/camera/status");
            assertThat(link.last().message().payload()).isEmpty();
            assertThat(link.last().message().retain()).isTrue();
            assertThat(events.names).endsWith("camera removed");

            link.last().acknowledge();
            board.offline();
            board.online(false);
            assertThat(link.published()).hasSize(2);
        }

        @Test
        void aServiceInstalledAnewWhileItsRemovalIsUnderWayIsThereInTheEnd() {
            board.changed(stopped(CAMERA));
            link.last().acknowledge();
            board.removed(CAMERA);
            board.changed(running(CAMERA, RUN_1));
            link.last().acknowledge();
            link.last().acknowledge();

            assertThat(link.published()).hasSize(3);
            assertThat(link.last().text()).contains("\"state\":\"running\"");
            board.offline();
            board.online(false);
            assertThat(link.published()).hasSize(4);
        }

        @Test
        void aStatusLeftOverByAnEarlierAgentIsCleared() {
            board.changed(stopped(MODEM));
            board.received(retained("efka/dev1/svc/ghost/status", "{}"));
            board.received(retained("efka/dev1/svc/modem/status", "{}"));
            board.received(retained("efka/dev1/svc/gone/status", ""));
            board.received(retained("efka/dev1/svc//status", "{}"));
            board.received(retained("efka/dev1/svc/a/b/status", "{}"));
            board.received(retained("efka/dev2/svc/ghost/status", "{}"));

            assertThat(link.published()).hasSize(2);
            assertThat(link.last().topic()).isEqualTo("efka/dev1/svc/ghost/status");
            assertThat(link.last().message().payload()).isEmpty();
        }

        private Message retained(String topic, String text) {
            return new Message(topic, text.getBytes(java.nio.charset.StandardCharsets.UTF_8), 1, true, Properties.NONE);
        }
    }

    @Nested
    final class AfterAReconnect {
        AfterAReconnect() {
            board.online(false);
            board.changed(stopped(CAMERA));
            board.changed(stopped(MODEM));
            link.published().get(0).acknowledge();
        }

        private void reconnect(boolean sessionPresent) {
            link.goDown();
            board.offline();
            link.goUp(true);
            link.forget();
            board.online(sessionPresent);
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
            board.offline();
            board.changed(backoff(CAMERA, 1));
            board.changed(running(CAMERA, RUN_1));
            link.goUp(true);
            link.forget();
            board.online(true);

            assertThat(link.published())
                    .filteredOn(sent -> sent.topic().contains("camera"))
                    .singleElement()
                    .satisfies(sent -> assertThat(sent.text()).contains("\"state\":\"running\""));
        }

        @Test
        void aFailureThatComesLateDoesNotKeepTheDocumentFromTheNewConnection() {
            FakeLink.Sent old = link.last();
            board.offline();
            board.online(true);
            link.forget();
            old.fail();

            assertThat(link.published()).hasSize(1);
            assertThat(link.last().topic()).isEqualTo("efka/dev1/svc/modem/status");
        }

        @Test
        void nothingIsPublishedWhileOffline() {
            link.forget();
            board.offline();
            board.changed(running(CAMERA, RUN_1));
            timers.advance(Duration.ofMinutes(5));

            assertThat(link.published()).isEmpty();
        }
    }

    @Nested
    final class Announces {
        @Test
        void everyChangeOfStateWithItsCauseAlsoWhatTheDocumentSkipped() {
            board.changed(stopped(CAMERA));
            board.changed(running(CAMERA, RUN_1));
            board.changed(backoff(CAMERA, 1));

            assertThat(events.names).containsExactly("camera state", "camera state", "camera state");
            assertThat(JsonCodec.object(events.last()).toString())
                    .isEqualTo("{\"from\":\"running\",\"to\":\"backoff\",\"cause\":{\"kind\":\"exit\",\"code\":1},"
                            + "\"desired\":\"running\",\"ready\":false,\"health\":\"unknown\",\"restarts\":1,"
                            + "\"next_attempt_at\":\"2026-11-22T20:15:02.623Z\","
                            + "\"exit\":{\"run\":\"01JDA000000000000000000001\",\"code\":1,\"signal\":null,"
                            + "\"oom\":false,\"at\":\"2026-11-22T20:15:00.123Z\"}}");
        }

        @Test
        void healthAndReadinessOnTheirOwn() {
            board.changed(alive(CAMERA, RUN_1, State.RUNNING, false, HealthState.UNKNOWN));
            board.changed(alive(CAMERA, RUN_1, State.RUNNING, true, HealthState.HEALTHY));

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
        for (int i = 0; i < RetainedStatuses.MAX_REMOVED + 50; i++) board.removed(new ServiceId("s" + i));
        board.online(false);

        assertThat(link.published()).hasSize(RetainedStatuses.MAX_REMOVED);
        assertThat(link.last().topic()).isEqualTo("efka/dev1/svc/s1049/status");
    }
}
