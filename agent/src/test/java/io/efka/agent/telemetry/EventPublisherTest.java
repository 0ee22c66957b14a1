package io.efka.agent.telemetry;

import static io.efka.agent.telemetry.Samples.CAMERA;
import static io.efka.agent.telemetry.Samples.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.FakeTimers;
import io.efka.mqtt.FakeLink;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink.Lane;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EventPublisherTest {
    private final FakeLink outbox = FakeLink.connected();
    private final List<String> recorded = new ArrayList<>();
    private final EventPublisher events = new EventPublisher(
            TOPICS,
            new FakeTimers(),
            17,
            message -> outbox.publish(message, Lane.CONTROL),
            (service, event, payload) -> recorded.add(service + " " + new String(payload, StandardCharsets.UTF_8)));

    @Test
    void anEventOfAServiceSaysWhatWhenAndOfWhom() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("from", "running");
        fields.put("wait_ms", Duration.ofSeconds(2));
        fields.put("streams", List.of("stdout"));
        fields.put("event", "forged");
        events.service(CAMERA, "state", fields);

        assertThat(outbox.last().topic()).isEqualTo("efka/dev1/svc/camera/event");
        assertThat(outbox.last().message().qos()).isEqualTo(1);
        assertThat(outbox.last().message().retain()).isFalse();
        assertThat(outbox.last().message().properties()).isEqualTo(Message.Properties.JSON);
        assertThat(outbox.last().text())
                .isEqualTo("{\"v\":1,\"at\":\"2026-11-22T20:15:00.123Z\",\"service\":\"camera\",\"event\":\"state\","
                        + "\"session\":17,\"from\":\"running\",\"wait_ms\":2000,\"streams\":[\"stdout\"]}");
    }

    @Test
    void theJournalGetsTheBytesThatArePublishedWhetherOrNotTheBrokerTakesThem() {
        events.service(CAMERA, "state", Map.of("to", "running"));
        String published = outbox.last().text();
        outbox.last().fail();
        events.device("started", Map.of());

        assertThat(recorded)
                .containsExactly(
                        "Optional[camera] " + published,
                        "Optional.empty " + outbox.last().text());
    }

    @Test
    void theJournalDoesNotGetWhatOnlySaysHowFarSomethingIs() {
        events.progress(CAMERA, "deploy", Map.of("percent", 10));

        assertThat(outbox.last().topic()).isEqualTo("efka/dev1/svc/camera/event");
        assertThat(outbox.last().text()).contains("\"percent\":10");
        assertThat(recorded).isEmpty();
    }

    @Test
    void theJournalGetsTheNumberOfDroppedEventsOnceTheBrokerHasIt() {
        events.device("one", Map.of());
        outbox.last().fail();
        events.online();
        assertThat(recorded).hasSize(1);
        outbox.last().acknowledge();

        assertThat(recorded).hasSize(2).last().asString().contains("events_dropped");
    }

    @Test
    void oneThatIsTooLargeStillSaysThatItHappened() {
        outbox.limit(200);

        events.service(CAMERA, "reported", Map.of("report", "x".repeat(1_000)));

        assertThat(outbox.published()).hasSize(1);
        assertThat(outbox.last().text()).contains("\"event\":\"reported\"", "\"shortened\":true");
        assertThat(events.dropped()).isZero();
    }

    @Test
    void whatTheOutboxDroppedIsAnnouncedAfterTheReconnect() {
        events.device("one", Map.of());
        events.device("two", Map.of());
        outbox.published().get(0).fail();
        outbox.published().get(1).fail();
        assertThat(outbox.published()).hasSize(2);

        events.online();

        assertThat(outbox.last().topic()).isEqualTo("efka/dev1/event");
        assertThat(outbox.last().text()).contains("\"event\":\"events_dropped\"", "\"count\":2");
        assertThat(events.dropped()).isEqualTo(2);
    }

    @Test
    void whatWasDroppedWithoutALostConnectionIsAnnouncedWithTheNextThatGetsThrough() {
        events.device("one", Map.of());
        outbox.last().fail();
        events.device("two", Map.of());
        outbox.last().acknowledge();

        assertThat(outbox.last().text()).contains("\"count\":1");
        outbox.last().acknowledge();
        assertThat(outbox.published()).hasSize(3);
    }

    @Test
    void anAnnouncementThatIsDroppedItselfIsMadeAgain() {
        events.device("one", Map.of());
        outbox.last().fail();
        events.online();
        outbox.last().fail();
        events.online();

        assertThat(outbox.last().text()).contains("\"count\":1");
        assertThat(outbox.published()).hasSize(3);
    }
}
