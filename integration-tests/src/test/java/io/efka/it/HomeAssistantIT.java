package io.efka.it;

import static io.efka.it.Device.ok;
import static io.efka.it.HomeAssistant.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the discovery document says is held against what its topics really carry and do. */
class HomeAssistantIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String[] FLAGS = {"--home-assistant", "homeassistant", "--metrics-interval", "1s"};

    @RegisterExtension
    static final SharedDevice SHARED = new SharedDevice("homely", FLAGS);

    private final Device device = SHARED.device();
    private HomeAssistant home;

    @BeforeEach
    void open() {
        home = new HomeAssistant(SHARED.broker(), device.id());
    }

    @AfterEach
    void close() {
        home.close();
    }

    @Test
    void everyEntityShowsWhatIsRetainedOrComesByItself() {
        device.run(Bundle.sleeper("shown"));
        home.entity("shown/switch");
        var ids = new ArrayList<String>();
        for (Map.Entry<String, JsonObject> each : home.entities().entrySet()) {
            String key = each.getKey();
            JsonObject entity = each.getValue();
            ids.add(text(entity, "unique_id"));
            assertThat(text(entity, "name")).isNotBlank();
            if (text(entity, "platform").equals("button")) continue;
            // Its template is beyond the stand-in for Home Assistant; the test of updates looks at what it is made of.
            if (text(entity, "platform").equals("update")) continue;
            String shown = Await.value(key + " shows something", SOON, () -> home.state(key));
            if (!text(entity, "state_topic").endsWith("/metrics")) isRetained(text(entity, "state_topic"));
            if (entity.has("unit_of_measurement")) assertThat(shown).as(key).matches("None|-?[0-9.]+(E[0-9]+)?");
            if (entity.has("options")) assertThat(words(entity)).as(key).contains(shown);
            if (text(entity, "platform").equals("switch")) {
                assertThat(List.of(text(entity, "state_on"), text(entity, "state_off")))
                        .contains(shown);
            }
        }
        assertThat(ids).hasSizeGreaterThanOrEqualTo(14).doesNotHaveDuplicates();
        Await.until(
                "its memory is known", SOON, () -> !home.state("shown/memory").equals(Optional.of("None")));
        ok(device.ask("shown", "remove", ""));
    }

    private static List<String> words(JsonObject entity) {
        return entity.getAsJsonArray("options").asList().stream()
                .map(JsonElement::getAsString)
                .toList();
    }

    private static void isRetained(String topic) {
        try (var fresh = new Watcher(SHARED.broker(), topic)) {
            assertThat(fresh.await("what is retained on " + topic, seen -> true).retained())
                    .isTrue();
        }
    }

    @Test
    void theSwitchStopsAndStartsTheProcessAndFollowsIt() {
        long pid = device.run(Bundle.sleeper("lamp")).get("pid").getAsLong();
        home.awaitState("lamp/switch", "running");

        home.send("lamp/switch", "payload_off");
        home.awaitState("lamp/switch", text(home.entity("lamp/switch"), "state_off"));
        home.awaitState("lamp/state", "stopped");
        assertThat(Processes.isAlive(pid)).isFalse();

        home.send("lamp/switch", "payload_on");
        home.awaitState("lamp/switch", text(home.entity("lamp/switch"), "state_on"));
        home.awaitState("lamp/state", "running");
        home.send("lamp/switch", "payload_on");
        long second = device.awaitState("lamp", "running").get("pid").getAsLong();
        assertThat(Processes.isAlive(second)).isTrue();
        ok(device.ask("lamp", "remove", ""));
    }

    @Test
    void theButtonsRestartItAndForgetItsFailures() {
        long pid = device.run(Bundle.sleeper("fan")).get("pid").getAsLong();
        home.awaitState("fan/restarts", "0");
        home.send("fan/restart", "payload_press");
        long second = device.awaitStatus("fan", status -> runsOtherwise(status, pid))
                .get("pid")
                .getAsLong();

        ProcessHandle.of(second).orElseThrow().destroyForcibly();
        home.awaitState("fan/restarts", "1");
        home.send("fan/reset", "payload_press");
        home.awaitState("fan/restarts", "0");
        ok(device.ask("fan", "remove", ""));
    }

    private static boolean runsOtherwise(JsonObject status, long pid) {
        return Watcher.where("state", "running").test(status)
                && status.get("pid").getAsLong() != pid;
    }

    @Test
    void nothingIsAvailableWhileTheAgentIsGone() {
        device.run(Bundle.sleeper("away"));
        home.entity("away/switch");
        home.awaitAvailable(true);

        device.agent().kill();
        home.awaitAvailable(false);

        device.start(FLAGS);
        home.awaitAvailable(true);
        ok(device.ask("away", "remove", ""));
    }

    @Test
    void allIsAnnouncedAgainWhenHomeAssistantHasStarted() {
        home.entity("started");
        int before = home.documents().size();

        home.start();
        Await.until("announced again", SOON, () -> home.documents().size() > before);
        assertThat(home.newest().getAsJsonObject("components").has("started")).isTrue();
    }

    @Test
    void entitiesComeAndGoWithTheirService() {
        device.install(Bundle.sleeper("guest"));
        home.entity("guest/switch");
        home.awaitState("guest/switch", "stopped");
        assertThat(home.isAvailable("guest/switch")).isTrue();

        ok(device.ask("guest", "remove", ""));
        home.awaitGone("guest/switch");
        Await.until(
                "not even named any more", SOON, () -> !home.newest().toString().contains("guest"));
        assertThat(home.entities().keySet()).noneMatch(key -> key.startsWith("guest/"));
    }

    @Test
    void aServiceWithReleasesIsAnUpdateThatGoesOnWhenAPersonInstallsIt() {
        device.run(Bundle.sleeper("pump"));
        home.entity("pump/switch");
        JsonObject update = home.entity("pump/release");
        assertThat(text(update, "platform")).isEqualTo("update");
        isRetained(text(update, "state_topic"));
        ok(device.ask("pump", "deploy", release("1.0")));

        ok(device.ask("pump", "hold", "{\"reason\":\"a visit\",\"until\":\"1h\"}"));
        device.watcher().publish(device.topic("pump", "cmd/deploy"), release("2.0"));
        device.awaitStatus("pump", status -> isDeploy(status, "held"));
        home.send("pump/release", "payload_install");
        device.awaitStatus(
                "pump",
                status ->
                        isDeploy(status, "committed") && text(status, "release").startsWith("2.0-"));

        ok(device.ask("pump", "remove", ""));
        home.awaitGone("pump/release");
    }

    private static String release(String name) {
        JsonObject json =
                Bundle.sleeper("pump").with("release", '"' + name + '"').json();
        json.addProperty("min_healthy", "100ms");
        return json.toString();
    }

    private static boolean isDeploy(JsonObject status, String state) {
        return status.has("deploy")
                && text(status.getAsJsonObject("deploy"), "state").equals(state);
    }

    @Test
    void whatAnEarlierAgentAnnouncedAndThisOneDoesNotHaveIsRetracted() {
        JsonObject started = home.entity("started");
        JsonObject old = home.newest();
        old.getAsJsonObject("components").add("ghost/state", started);
        device.agent().kill();
        device.watcher()
                .publish(
                        "homeassistant/device/efka_homely/config",
                        old.toString().getBytes(StandardCharsets.UTF_8),
                        true,
                        new MqttProperties());
        home.entity("ghost/state");

        device.start(FLAGS);
        home.awaitGone("ghost/state");
        assertThat(home.entities()).containsKey("started");
    }

    @Test
    void withoutTheSettingNothingIsSaid() {
        try (var plain = new Device(SHARED.broker(), "plain");
                var deaf = new HomeAssistant(SHARED.broker(), "plain")) {
            plain.start();
            deaf.start();
            ok(plain.ask("ping", ""));
            plain.agent().terminate();

            assertThat(deaf.documents()).isEmpty();
        }
    }
}
