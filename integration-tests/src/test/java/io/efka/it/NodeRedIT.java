package io.efka.it;

import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code docker/node-red/flows.json} in a real Node-RED. Left out where {@code integration-tests/node-red/install} was not
 * run; with {@code -Defka.node-red=required} that is a failure.
 */
class NodeRedIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    /** The name that the button of the flow has in it. */
    @RegisterExtension
    static final SharedDevice SHARED = new SharedDevice("demo");

    private static NodeRed nodeRed;

    private final Device device = SHARED.device();
    private Watcher own;

    @BeforeAll
    static void start() {
        boolean required = "required".equals(System.getProperty("efka.node-red"));
        if (!NodeRed.isInstalled() && required) {
            throw new AssertionError(
                    "no Node-RED below integration-tests/target: run integration-tests/node-red/install");
        }
        Assumptions.assumeTrue(NodeRed.isInstalled(), "no Node-RED: integration-tests/node-red/install was not run");
        nodeRed = NodeRed.start(SHARED.broker());
    }

    @AfterAll
    static void stop() {
        if (nodeRed != null) nodeRed.close();
    }

    @BeforeEach
    void watch() {
        own = new Watcher(SHARED.broker(), "it/#");
        // The flow's subscriptions are in force once it tells of a device that is lost.
        retain("efka/canary/status", "{\"online\":false,\"reason\":\"lost\",\"session\":1}");
        awaitAlert("canary", "lost");
        retain("efka/canary/status", "");
        awaitAlert("canary", "");
        own.clear();
    }

    @AfterEach
    void close() {
        own.close();
        assertThat(nodeRed.ended()).as(nodeRed.log()).isEmpty();
    }

    private void retain(String topic, String text) {
        own.publish(topic, text.getBytes(StandardCharsets.UTF_8), true, new MqttProperties());
    }

    /** @param problem none: it is well again, or gone */
    private JsonObject awaitAlert(String name, String problem) {
        return Await.value(
                () -> name + " \"" + problem + "\"; alerts: " + alerts(name) + "\n" + nodeRed.log(),
                SOON,
                () -> alerts(name).stream().filter(where("problem", problem)).findFirst());
    }

    /** All alerts about something, in order. */
    private List<JsonObject> alerts(String name) {
        return own.all("it/alerts").stream()
                .map(Watcher.Seen::json)
                .filter(alert -> alert.get("text").getAsString().startsWith(name + " "))
                .toList();
    }

    private JsonObject awaitReply(String command) {
        return Await.value(
                () -> "the reply to " + command + "\n" + nodeRed.log(),
                SOON,
                () -> own.last("it/replies").filter(where("command", command)));
    }

    private static String problem(JsonObject alert) {
        return alert.get("problem").getAsString();
    }

    @Test
    void aServiceThatCrashesIsToldOncePerChangeAndThatItIsWellAgain() throws Exception {
        Path cure = device.folder().resolve("cure");
        device.run(Bundle.script("crash", "[ -e " + cure + " ] && exec sleep 600", "sleep 0.2", "exit 3")
                .with("restart", "{\"delay\":\"50ms\",\"max_delay\":\"50ms\"}"));

        JsonObject loop = awaitAlert("demo/crash", "crash_loop");
        assertThat(loop.get("text").getAsString()).isEqualTo("demo/crash crashes again and again: exited with code 3");
        assertThat(loop.get("device").getAsString()).isEqualTo("demo");
        assertThat(loop.get("service").getAsString()).isEqualTo("crash");
        Files.createFile(cure);
        ok(device.ask("crash", "reset", ""));

        JsonObject well = awaitAlert("demo/crash", "");
        assertThat(well.get("text").getAsString()).isEqualTo("demo/crash is well again");
        assertThat(alerts("demo/crash"))
                .extracting(NodeRedIT::problem)
                .as("each said once, though it ran again after every crash")
                .containsExactly("backoff", "crash_loop", "");
    }

    @Test
    void aDeviceThatIsLostIsToldAndThatItIsBack() {
        device.agent().kill();
        assertThat(awaitAlert("demo", "lost").get("text").getAsString()).isEqualTo("demo is lost");

        device.start();

        assertThat(awaitAlert("demo", "").get("text").getAsString()).isEqualTo("demo is well again");
    }

    @Test
    void whatIsNeitherWellNorWrongChangesNothing() {
        retain("efka/gate9/status", "{\"online\":true,\"session\":7}");
        String topic = "efka/gate9/svc/camera/status";
        retain(topic, "{\"state\":\"running\",\"ready\":true,\"health\":\"unhealthy\"}");
        awaitAlert("gate9/camera", "unhealthy");
        retain(topic, "{\"state\":\"starting\",\"ready\":false,\"health\":\"unknown\"}");
        retain(topic, "{\"state\":\"running\",\"ready\":true,\"health\":\"unhealthy\"}");
        retain(topic, "{\"state\":\"failed\",\"last_exit\":{\"code\":null,\"signal\":\"SEGV\"}}");
        awaitAlert("gate9/camera", "failed");
        // Of an earlier start, and of an agent that asks whether the device has another one.
        retain("efka/gate9/status", "{\"online\":false,\"reason\":\"lost\",\"session\":6}");
        retain("efka/gate9/status", "{\"online\":false,\"reason\":\"asking\",\"session\":8}");
        retain("efka/gate9/status", "{\"online\":false,\"reason\":\"shutdown\",\"session\":7}");
        retain(topic, "");

        assertThat(awaitAlert("gate9/camera", "").get("text").getAsString()).isEqualTo("gate9/camera was removed");
        assertThat(alerts("gate9/camera"))
                .extracting(alert -> alert.get("text").getAsString())
                .containsExactly(
                        "gate9/camera is unhealthy",
                        "gate9/camera has failed and is not tried again: ended by SEGV",
                        "gate9/camera was removed");
        assertThat(alerts("gate9")).isEmpty();
    }

    @Test
    void theButtonOfTheFlowIsACommandAndItsReplyIsShown() {
        device.run(Bundle.sleeper("chatty"));
        String run = device.awaitState("chatty", "running").get("run").getAsString();

        nodeRed.press("restart demo/chatty");

        JsonObject reply = awaitReply("restart demo/chatty");
        assertThat(reply.get("ok").getAsBoolean()).isTrue();
        assertThat(reply.get("text").getAsString()).matches("restart demo/chatty: done in [0-9]+ ms");
        device.awaitStatus(
                "chatty",
                status -> where("state", "running").test(status)
                        && !status.get("run").getAsString().equals(run));
    }

    @Test
    void aCommandThatNobodyAnswersIsToldAsWell() {
        own.publish("it/commands", "{\"topic\":\"nobody/x\",\"payload\":\"restart\"}");

        JsonObject reply = awaitReply("restart nobody/x");
        assertThat(reply.get("ok").getAsBoolean()).isFalse();
        assertThat(reply.get("text").getAsString()).isEqualTo("restart nobody/x: no reply within 30 s");
    }

    @Test
    void garbageStopsNothing() {
        var hostile = List.of(
                "{",
                "[]",
                "null",
                "5",
                "\"x\"",
                "\u0000\ufffd",
                "x".repeat(1 << 20),
                "{\"state\":{}}",
                "{\"last_exit\":7}");
        for (String text : hostile) {
            own.publish("efka/gate9/status", text);
            own.publish("efka/gate9/svc/camera/status", text);
            own.publish("efka/gate9/reply/node-red", text);
        }
        for (String name : List.of("constructor", "__proto__", "toString")) {
            own.publish("efka/" + name + "/svc/" + name + "/status", "{\"state\":\"failed\"}");
            awaitAlert(name + "/" + name, "failed");
            own.publish("efka/" + name + "/status", "");
            awaitAlert(name + "/" + name, "");
        }
        own.publish("efka/gate9/status", "{\"online\":false,\"reason\":\"lost\"}");
        awaitAlert("gate9", "lost");
        own.publish("efka/gate9/status", "");
        awaitAlert("gate9", "");
    }
}
