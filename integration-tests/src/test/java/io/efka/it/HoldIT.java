package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Services and operators that hold off deploys, on the packaged agent. */
class HoldIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String QUICK = "\"min_healthy\":\"300ms\",\"healthy_deadline\":\"20s\"";

    private TestBroker broker;
    private Device device;

    @BeforeEach
    void start() {
        broker = Brokers.start();
        device = new Device(broker, "holder").start();
    }

    @AfterEach
    void stop() {
        try {
            device.close();
        } finally {
            broker.close();
        }
    }

    /** A release that leaves its channel's key to the test, which speaks in its place. */
    private Bundle release(String name) {
        return Bundle.script("cam", "echo release " + name, ChannelKey.leaveIn(device.folder()), "exec sleep 1000")
                .with("release", '"' + name + '"');
    }

    private static String payload(Bundle bundle, String rest) {
        String json = bundle.json().toString();
        return json.substring(0, json.length() - 1) + "," + rest + "}";
    }

    private void deployed(String name) {
        ok(device.ask("cam", "deploy", payload(release(name), QUICK)));
    }

    /** Asks for a deploy and does not wait for its end. */
    private void deploying(String name) {
        ok(device.ask("cam", "deploy", payload(release(name), QUICK + ",\"wait\":false")));
    }

    private JsonObject awaitDeploy(String state) {
        return device.awaitStatus(
                "cam",
                status -> status.has("deploy")
                        && status.getAsJsonObject("deploy")
                                .get("state")
                                .getAsString()
                                .equals(state));
    }

    private static JsonObject onlyHold(JsonObject status) {
        JsonArray holds = status.getAsJsonArray("holds");
        assertThat(holds).hasSize(1);
        return holds.get(0).getAsJsonObject();
    }

    private String current() throws IOException {
        Path link = device.data().resolve("services/cam/current");
        return Files.readSymbolicLink(link).getFileName().toString();
    }

    private ChannelClient attached() throws IOException {
        return ChannelClient.attached(ChannelKey.of(device.folder(), "cam"));
    }

    @Test
    void aServiceHoldsOffADeployUntilItReleasesIt() throws IOException {
        deployed("1.0");
        try (ChannelClient channel = attached()) {
            channel.say("{\"type\":\"hold\",\"reason\":\"surgery\",\"until\":\"1h\"}");
            JsonObject held = channel.hear();
            assertThat(held.get("type").getAsString()).isEqualTo("held");

            deploying("2.0");
            JsonObject hold = onlyHold(awaitDeploy("held"));
            assertThat(hold.get("by").getAsString()).isEqualTo("service");
            assertThat(hold.get("reason").getAsString()).isEqualTo("surgery");
            assertThat(hold.get("until")).isEqualTo(held.get("until"));
            assertThat(current()).startsWith("1.0-");

            channel.say("{\"type\":\"release_hold\"}");
            assertThat(channel.hear().get("type").getAsString()).isEqualTo("stop");
        }
        assertThat(awaitDeploy("committed").has("holds")).isFalse();
        assertThat(current()).startsWith("2.0-");
    }

    @Test
    void theHoldOfAServiceEndsWithItsRun() throws IOException {
        deployed("1.0");
        try (ChannelClient channel = attached()) {
            channel.say("{\"type\":\"hold\",\"reason\":\"surgery\"}");
            channel.hear();
            deploying("2.0");
            awaitDeploy("held");
        }
        ok(device.ask("cam", "signal", "{\"signal\":\"KILL\"}"));
        awaitDeploy("committed");
        assertThat(current()).startsWith("2.0-");
    }

    @Test
    void aHoldOfAnOperatorEndsByItself() throws IOException {
        deployed("1.0");
        JsonObject reply = ok(device.watcher()
                .ask(device.topic("cam", "cmd/hold"), "{\"reason\":\"a visit\",\"until\":\"10s\"}", "h1"));
        Instant until = Instant.parse(onlyHold(reply).get("until").getAsString());
        deploying("2.0");
        assertThat(onlyHold(awaitDeploy("held")).get("id").getAsString()).isEqualTo("h1");
        awaitDeploy("committed");
        assertThat(Instant.now()).isAfter(until);
        assertThat(current()).startsWith("2.0-");
    }

    @Test
    void aHeldDeployOutlivesAgentsThatAreKilled() throws IOException {
        deployed("1.0");
        String until;
        try (ChannelClient channel = attached()) {
            channel.say("{\"type\":\"hold\",\"reason\":\"surgery\",\"until\":\"1h\"}");
            until = channel.hear().get("until").getAsString();
        }
        device.agent().kill();
        device.start();
        deploying("2.0");
        for (int kill = 1; kill <= 3; kill++) {
            JsonObject hold = onlyHold(awaitDeploy("held"));
            assertThat(hold.get("until").getAsString()).isEqualTo(until);
            device.agent().kill();
            device.start();
            JsonObject birth = device.watcher().last(device.topic("status")).orElseThrow();
            long session = birth.get("session").getAsLong();
            device.awaitStatus("cam", status -> status.get("session").getAsLong() == session && isHeld(status));
        }
        assertThat(current()).startsWith("1.0-");
        assertThat(device.output("cam", "stdout")).isEqualTo("release 1.0\n");
        ok(device.ask("cam", "release-hold", "{\"by\":\"service\"}"));
        awaitDeploy("committed");
        assertThat(current()).startsWith("2.0-");
    }

    private static boolean isHeld(JsonObject status) {
        return status.has("deploy")
                && status.getAsJsonObject("deploy").get("state").getAsString().equals("held");
    }

    @Test
    void anOperatorMayIgnoreAHoldOrCancelTheDeployThatWaits() throws IOException {
        deployed("1.0");
        ok(device.ask("cam", "hold", "{\"reason\":\"a visit\",\"until\":\"1h\"}"));
        deploying("2.0");
        awaitDeploy("held");
        ok(device.ask("cam", "cancel", ""));
        awaitDeploy("cancelled");
        assertThat(current()).startsWith("1.0-");

        deploying("2.0");
        awaitDeploy("held");
        ok(device.ask("cam", "deploy", payload(release("2.0"), QUICK + ",\"ignore_hold\":true")));
        assertThat(current()).startsWith("2.0-");
        assertThat(onlyHold(device.ask("cam", "status", "").getAsJsonObject("status"))
                        .get("reason")
                        .getAsString())
                .isEqualTo("a visit");
    }

    /** Whatever is held, a release that does not work goes away. */
    @Test
    void aBadReleaseIsTakenBackWhileTheServiceIsHeld() throws IOException {
        deployed("1.0");
        Bundle bad = Bundle.script("cam", "while [ ! -e " + device.folder() + "/fail ]; do sleep 0.1; done", "exit 3")
                .with("release", "\"2.0\"");
        device.watcher()
                .publish(
                        device.topic("cam", "cmd/deploy"),
                        payload(bad, "\"min_healthy\":\"15s\",\"healthy_deadline\":\"16s\""));
        awaitDeploy("watching");
        ok(device.ask("cam", "hold", "{\"reason\":\"a visit\"}"));
        Files.createFile(device.folder().resolve("fail"));
        Await.until(
                "the release before runs again",
                PATIENCE,
                () -> device.output("cam", "stdout").equals("release 1.0\nrelease 1.0\n"));
        assertThat(current()).startsWith("1.0-");
    }

    @Test
    void aOneshotIsHeldAsWell() throws IOException {
        Bundle first = release("1.0").with("type", "\"oneshot\"");
        ok(device.ask("cam", "deploy", payload(first, QUICK + ",\"wait\":false")));
        try (ChannelClient channel = attached()) {
            channel.say("{\"type\":\"hold\",\"reason\":\"a backup\",\"until\":\"1h\"}");
            assertThat(channel.hear().get("type").getAsString()).isEqualTo("held");
            ok(device.ask("cam", "confirm", ""));
            Bundle second = release("2.0").with("type", "\"oneshot\"");
            ok(device.ask("cam", "deploy", payload(second, QUICK + ",\"wait\":false")));
            awaitDeploy("held");
        }
        ok(device.ask("cam", "stop", ""));
        awaitDeploy("watching");
        assertThat(current()).startsWith("2.0-");
    }

    @Test
    void whatIsNoHoldIsRefused() {
        assertThat(code(device.ask("cam", "hold", "{\"reason\":\"a visit\"}"))).isEqualTo("unknown_service");
        deployed("1.0");
        assertThat(code(device.ask("cam", "hold", ""))).isEqualTo("bad_argument");
        JsonObject reply = device.ask("cam", "hold", "{\"reason\":\"a visit\",\"until\":\"2020-01-01T00:00:00Z\"}");
        assertThat(code(reply)).isEqualTo("bad_argument");
        assertThat(reply.getAsJsonObject("error").get("message").getAsString()).contains("later than now");
        JsonObject longest = ok(device.ask("cam", "hold", "{\"reason\":\"a visit\",\"until\":\"30d\"}"));
        assertThat(longest.getAsJsonArray("warnings").toString()).contains("max_hold");
        ok(device.ask("cam", "release-hold", ""));
        assertThat(ok(device.ask("cam", "release-hold", "")).getAsJsonArray("holds"))
                .isEmpty();
    }
}
