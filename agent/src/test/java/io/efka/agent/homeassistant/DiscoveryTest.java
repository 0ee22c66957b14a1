package io.efka.agent.homeassistant;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.supervision.FakeTimers;
import io.efka.agent.telemetry.MachineFacts;
import io.efka.agent.telemetry.OverwriteDetector;
import io.efka.agent.telemetry.Version;
import io.efka.mqtt.FakeLink;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.Cause;
import io.efka.protocol.DeviceId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DiscoveryTest {
    private static final String CONFIG = "homeassistant/device/efka_dev1/config";
    private static final ServiceId CAMERA = new ServiceId("camera");
    private static final ServiceId MODEM = new ServiceId("modem");

    private final FakeTimers timers = new FakeTimers();
    private final FakeLink link = new FakeLink();
    private final List<ServiceId> services = new ArrayList<>(List.of(CAMERA));
    private final Set<ServiceId> deployed = new HashSet<>();
    private final Discovery discovery = discovery("efka", "dev1", true);

    DiscoveryTest() {
        link.goUp(false);
    }

    private Discovery discovery(String prefix, String device, boolean hasMetrics) {
        var topics = new Topics(prefix, new DeviceId(device), List.of());
        var machine = new MachineFacts("gate7", "Linux 6.1 amd64", "17", Optional.empty());
        return new Discovery(
                "homeassistant",
                new Discovery.Device(topics, new Version("0.1.0"), machine, hasMetrics),
                () -> List.copyOf(services),
                deployed::contains,
                link,
                timers,
                new Random(1));
    }

    private List<JsonObject> documents() {
        return link.publishedOn(CONFIG).stream()
                .map(message -> JsonParser.parseString(text(message)).getAsJsonObject())
                .toList();
    }

    private static String text(Message message) {
        return new String(message.payload(), StandardCharsets.UTF_8);
    }

    private JsonObject last() {
        List<JsonObject> all = documents();
        return all.get(all.size() - 1);
    }

    private JsonObject component(String key) {
        return last().getAsJsonObject("components").getAsJsonObject(key);
    }

    private Set<String> keys() {
        return last().getAsJsonObject("components").keySet();
    }

    private void online() {
        discovery.online(false);
        link.acknowledgeAll();
        timers.advance(Discovery.BATCH_DELAY);
        link.acknowledgeAll();
    }

    private void hear(String topic, String payload) {
        discovery.received(
                new Message(topic, payload.getBytes(StandardCharsets.UTF_8), 1, true, Message.Properties.NONE));
    }

    private void install(ServiceId id) {
        services.add(id);
        discovery.changed(status(id));
    }

    private void remove(ServiceId id) {
        services.remove(id);
        discovery.removed(id);
    }

    private static ServiceStatus status(ServiceId id) {
        return new ServiceStatus(
                id,
                Desired.STOPPED,
                ServiceStatus.State.STOPPED,
                false,
                ServiceStatus.HealthState.UNKNOWN,
                OptionalLong.empty(),
                Optional.empty(),
                Instant.EPOCH,
                0,
                Optional.empty(),
                Cause.of(Cause.Kind.AGENT_START),
                Optional.empty(),
                false,
                true,
                List.of(),
                List.of(),
                List.of(),
                Optional.empty());
    }

    @Nested
    final class WhenTheBrokerTakesNoPacketSoLarge {
        WhenTheBrokerTakesNoPacketSoLarge() {
            IntStream.range(0, 9).forEach(i -> install(new ServiceId("service" + i)));
            link.limit(12_000);
        }

        @Test
        void theLastServicesAreLeftOut() {
            online();

            assertThat(keys()).contains("cpu", "camera/switch").doesNotContain("service8/switch");
            assertThat(link.last().message().packetBytes()).isLessThanOrEqualTo(12_000);
            assertThat(link.unacknowledgedCount()).isZero();
        }

        @Test
        void whatIsLeftOutIsNotRetractedAndWhatIsGoneIs() {
            link.limit(Long.MAX_VALUE);
            online();
            link.limit(12_000);
            link.forget();
            remove(new ServiceId("service7"));
            timers.advance(Discovery.BATCH_DELAY);
            assertThat(component("service7/switch").size()).isEqualTo(1);
            assertThat(keys()).doesNotContain("service8/switch");

            link.acknowledgeAll();
            timers.advance(Discovery.BATCH_DELAY);

            assertThat(keys()).contains("cpu").doesNotContain("service7/switch", "service8/switch");
        }

        @Test
        void whatIsTooLargeAtItsShortestIsLeftForTenMinutes() {
            link.limit(100);
            online();
            timers.advance(Duration.ofMinutes(9));
            assertThat(documents()).isEmpty();

            link.limit(Long.MAX_VALUE);
            timers.advance(Duration.ofMinutes(2));

            assertThat(keys()).contains("service8/switch");
        }
    }

    @Nested
    final class TheDocument {
        TheDocument() {
            online();
        }

        @Test
        void isOneRetainedMessageForTheWholeDevice() {
            Message message = link.publishedOn(CONFIG).get(0);

            assertThat(link.publishedOn(CONFIG)).hasSize(1);
            assertThat(message.retain()).isTrue();
            assertThat(message.qos()).isEqualTo(1);
            assertThat(keys())
                    .containsExactlyInAnyOrder(
                            "started",
                            "cpu",
                            "load",
                            "memory",
                            "disk",
                            "temperature",
                            "camera/switch",
                            "camera/state",
                            "camera/since",
                            "camera/restarts",
                            "camera/restart",
                            "camera/reset",
                            "camera/cpu",
                            "camera/memory");
        }

        @Test
        void hasNothingAtItsTopThatHomeAssistantWouldRefuse() {
            assertThat(last().keySet()).containsExactlyInAnyOrder("device", "origin", "availability", "components");
            assertThat(last().getAsJsonObject("origin").get("name").getAsString())
                    .isEqualTo("efka");
            assertThat(last().getAsJsonObject("device").get("identifiers").toString())
                    .isEqualTo("[\"efka/dev1\"]");
        }

        @Test
        void makesAServiceASwitchThatShowsWhatIsDesired() {
            assertThat(component("camera/switch").toString())
                    .isEqualTo(
                            "{\"platform\":\"switch\",\"name\":\"camera\",\"unique_id\":\"efka/dev1/svc/camera/switch\","
                                    + "\"command_topic\":\"efka/dev1/svc/camera/cmd/switch\",\"qos\":1,"
                                    + "\"payload_on\":\"{\\\"on\\\":true}\",\"payload_off\":\"{\\\"on\\\":false}\","
                                    + "\"state_topic\":\"efka/dev1/svc/camera/status\","
                                    + "\"value_template\":\"{{ value_json.desired }}\","
                                    + "\"state_on\":\"running\",\"state_off\":\"stopped\","
                                    + "\"availability\":[{\"topic\":\"efka/dev1/status\","
                                    + "\"value_template\":\"{{ 'online' if value_json.online else 'offline' }}\"},"
                                    + "{\"topic\":\"efka/dev1/svc/camera/status\","
                                    + "\"value_template\":\"{{ 'online' if value_json is defined else 'offline' }}\"}],"
                                    + "\"availability_mode\":\"all\"}");
        }

        @Test
        void namesEveryStateThatAServiceMayBeIn() {
            assertThat(component("camera/state").get("options").toString())
                    .isEqualTo("[\"stopped\",\"starting\",\"running\",\"stopping\",\"backoff\",\"failed\","
                            + "\"completed\",\"scheduled\"]");
        }

        @Test
        void givesEveryEntityItsOwnUniqueId() {
            install(new ServiceId("camera_state"));
            timers.advance(Discovery.BATCH_DELAY);
            List<String> ids = last().getAsJsonObject("components").asMap().values().stream()
                    .map(one -> one.getAsJsonObject().get("unique_id").getAsString())
                    .toList();

            assertThat(ids).hasSize(22).doesNotHaveDuplicates();
        }
    }

    @Nested
    final class AServiceWithReleases {
        AServiceWithReleases() {
            install(MODEM);
            online();
            deployed.add(MODEM);
            discovery.releasesChanged(MODEM);
            timers.advance(Discovery.BATCH_DELAY);
            link.acknowledgeAll();
        }

        @Test
        void hasAnUpdateEntity() {
            JsonObject update = component("modem/release");
            assertThat(update.get("platform").getAsString()).isEqualTo("update");
            assertThat(update.get("state_topic").getAsString()).isEqualTo("efka/dev1/svc/modem/status");
            assertThat(update.get("command_topic").getAsString()).isEqualTo("efka/dev1/svc/modem/cmd/release-hold");
            assertThat(update.get("payload_install").getAsString()).isEqualTo("{}");
        }

        @Test
        void isAnnouncedOnceWhateverItsDeploysDo() {
            int before = documents().size();
            for (int i = 0; i < 100; i++) discovery.releasesChanged(MODEM);
            timers.advance(Discovery.BATCH_DELAY);
            assertThat(documents()).hasSize(before);
        }

        @Test
        void losesItWithTheService() {
            remove(MODEM);
            timers.advance(Discovery.BATCH_DELAY);
            assertThat(component("modem/release")).hasToString("{\"platform\":\"update\"}");
        }

        @Test
        void othersHaveNone() {
            assertThat(keys()).contains("camera/switch").doesNotContain("camera/release");
        }
    }

    @Test
    void withoutMetricsThereIsNothingThatWouldShowThem() {
        discovery("efka", "dev1", false).online(false);

        assertThat(keys()).contains("started", "camera/switch").doesNotContain("cpu", "camera/cpu", "camera/memory");
    }

    @ParameterizedTest
    @CsvSource({
        "efka, dev1, efka_dev1",
        "efka, dev_1, efka_dev_1",
        "efka, gate.7, efka_gate_7-d3ff2b2c",
        "efka, gate_7, efka_gate_7",
        "site/efka, dev1, site_efka_dev1-5d24b4c",
        "site_efka, dev1, site_efka_dev1-d397811c"
    })
    void theTopicIsLegalForHomeAssistantAndTheDevicesOwn(String prefix, String device, String objectId) {
        var place = new Discovery.Target("ha", new Topics(prefix, new DeviceId(device), List.of()));

        assertThat(place.config()).isEqualTo("ha/device/" + objectId + "/config");
    }

    @Nested
    final class WhenServicesComeAndGo {
        WhenServicesComeAndGo() {
            online();
        }

        @Test
        void manyThatComeTogetherAreOneDocument() {
            install(MODEM);
            install(new ServiceId("radio"));
            timers.advance(Discovery.BATCH_DELAY);

            assertThat(documents()).hasSize(2);
            assertThat(keys()).contains("modem/switch", "radio/switch");
        }

        @Test
        void aStatusIsNoReasonForAnotherWhereTheServiceIsAnnounced() {
            discovery.changed(status(CAMERA));
            discovery.changed(status(CAMERA));
            timers.advance(Duration.ofMinutes(1));

            assertThat(documents()).hasSize(1);
        }

        @Test
        void oneThatComesAndGoesAtOnceIsNotMentioned() {
            install(MODEM);
            remove(MODEM);
            timers.advance(Duration.ofMinutes(1));

            assertThat(documents()).hasSize(1);
        }

        @Test
        void oneThatIsRemovedIsRetractedByNameAndThenLeftOut() {
            discovery.changed(status(CAMERA));
            remove(CAMERA);
            timers.advance(Discovery.BATCH_DELAY);
            assertThat(component("camera/switch")).hasToString("{\"platform\":\"switch\"}");
            assertThat(component("camera/reset")).hasToString("{\"platform\":\"button\"}");

            link.acknowledgeAll();
            timers.advance(Discovery.BATCH_DELAY);
            assertThat(keys()).contains("started").doesNotContain("camera/switch");

            link.acknowledgeAll();
            timers.advance(Duration.ofMinutes(1));
            assertThat(documents()).hasSize(3);
        }

        @Test
        void aRetractionThatTheBrokerNeverAcknowledgedIsMadeAgain() {
            discovery.changed(status(CAMERA));
            remove(CAMERA);
            timers.advance(Discovery.BATCH_DELAY);
            link.goDown();
            discovery.offline();
            link.goUp(true);
            discovery.online(true);

            assertThat(component("camera/switch")).hasToString("{\"platform\":\"switch\"}");
        }

        @Test
        void oneThatIsInstalledAgainAtOnceIsNotRetracted() {
            discovery.changed(status(CAMERA));
            remove(CAMERA);
            install(CAMERA);
            timers.advance(Discovery.BATCH_DELAY);

            assertThat(component("camera/switch").has("command_topic")).isTrue();
        }

        @Test
        void beyondTheBoundTheFirstAreAnnouncedWithinWhatOneMessageMayHave() {
            String longest = "s".repeat(60);
            IntStream.range(100, 250).forEach(i -> services.add(new ServiceId(longest + i)));
            discovery.changed(status(MODEM));
            timers.advance(Discovery.BATCH_DELAY);

            assertThat(keys()).hasSize(6 + 8 * Discovery.MAX_SERVICES);
            assertThat(link.publishedOn(CONFIG).get(1).payload().length).isLessThan(1 << 20);
        }
    }

    @Nested
    final class WhatAnEarlierAgentLeft {
        @Test
        void isRetracted() {
            online();
            hear(
                    CONFIG,
                    "{\"components\":{\"ghost/switch\":{\"platform\":\"switch\",\"name\":\"ghost\"},"
                            + "\"gone/state\":{\"platform\":\"sensor\"},"
                            + "\"odd\":{\"platform\":\"toaster\",\"name\":\"odd\"},"
                            + "\"camera/switch\":{\"platform\":\"switch\",\"name\":\"camera\"}}}");
            timers.advance(Discovery.BATCH_DELAY);

            assertThat(component("ghost/switch")).hasToString("{\"platform\":\"switch\"}");
            assertThat(component("camera/switch").has("command_topic")).isTrue();
            assertThat(keys()).doesNotContain("gone/state", "odd");
        }

        @Test
        void isOfNoInterestWhereItIsOurOwnEchoOrWasCleared() {
            online();
            hear(CONFIG, text(link.publishedOn(CONFIG).get(0)));
            hear(CONFIG, "");
            timers.advance(Duration.ofMinutes(1));

            assertThat(documents()).hasSize(1);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "[]",
                    "{",
                    "\"x\"",
                    "{\"components\":[]}",
                    "{\"components\":{\"a\":1}}",
                    "{\"components\":{\"a\":{\"platform\":{},\"b\":1}}}"
                })
        void isReplacedOnceWhereItIsNothingOfOurs(String junk) {
            online();
            hear(CONFIG, text(link.publishedOn(CONFIG).get(0)));
            for (int i = 0; i < 10; i++) hear(CONFIG, junk);
            timers.advance(OverwriteDetector.DELAY);
            assertThat(documents()).hasSize(2);
            hear(CONFIG, text(link.publishedOn(CONFIG).get(1)));
            link.acknowledgeAll();
            timers.advance(Duration.ofMinutes(1));

            assertThat(documents()).hasSize(2);
        }
    }

    @Nested
    final class WhenHomeAssistantStarts {
        WhenHomeAssistantStarts() {
            online();
        }

        @Test
        void theDocumentIsPublishedAgainWithinSomeSeconds() {
            hear("homeassistant/status", "online");
            hear("homeassistant/status", "online");
            assertThat(documents()).hasSize(1);
            timers.advance(Discovery.SPREAD);

            assertThat(documents()).hasSize(2);
        }

        @Test
        void aSecondStartIsAnsweredToo() {
            hear("homeassistant/status", "online");
            timers.advance(Discovery.SPREAD);
            link.acknowledgeAll();
            hear("homeassistant/status", "online");
            timers.advance(Discovery.SPREAD);

            assertThat(documents()).hasSize(3);
        }

        @Test
        void itsEndIsOfNoInterest() {
            hear("homeassistant/status", "offline");
            hear("other/status", "online");
            timers.advance(Discovery.SPREAD);

            assertThat(documents()).hasSize(1);
        }
    }

    @Nested
    final class WhileAnotherAgentHasTheDevice {
        @Test
        void nothingIsPublished() {
            hear("homeassistant/status", "online");
            install(MODEM);
            timers.advance(Duration.ofMinutes(1));

            assertThat(documents()).isEmpty();
        }
    }

    @Test
    void itSubscribesToHomeAssistantAndToItsOwnDocument() {
        assertThat(discovery.subscriptions())
                .containsExactly(
                        new MqttLink.Subscription("homeassistant/status", false),
                        new MqttLink.Subscription(CONFIG, true));
    }
}
