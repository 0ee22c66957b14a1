package io.efka.it;

import static io.efka.it.Watcher.where;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A rollout whose broker goes away, with the packaged agent and the packaged command line. */
class RolloutLossIT {
    private static final String TOPIC = "efka/group/all/desired/cam";

    private TestBroker broker;
    private Device device;

    @BeforeEach
    void start() {
        broker = Brokers.stock();
        device = new Device(broker, "rolled").start();
    }

    @AfterEach
    void stop() {
        try {
            device.close();
        } finally {
            broker.close();
        }
    }

    private AgentProcess rollout(String... more) throws IOException {
        JsonObject entry = Bundle.sleeper("cam").with("release", "\"2\"").json();
        entry.addProperty("min_healthy", "300ms");
        Path file = Files.writeString(
                device.folder().resolve("cam.json"), "{\"services\":{\"cam\":" + entry + "}}", StandardCharsets.UTF_8);
        var arguments = new ArrayList<String>(
                List.of("rollout", "start", "cam", "-f", file.toString(), "--broker", broker.uri(), "--settle", "8s"));
        arguments.addAll(List.of(more));
        return AgentProcess.fleet(device.folder().resolve("command.log"), arguments);
    }

    private static void assertEndsWith(int code, AgentProcess command) {
        assertThat(command.onExit().orTimeout(90, TimeUnit.SECONDS).join())
                .as(command.log())
                .isEqualTo(code);
    }

    private static void awaitRunning(Watcher operator) {
        operator.awaitJson(
                TOPIC,
                document -> where("state", "running")
                        .test(document.getAsJsonObject("candidate").getAsJsonObject("plan")));
    }

    @Test
    void aBrokerThatHasLostItsMemoryGetsTheDocumentAgainAndTheRolloutGoesOn() throws IOException {
        try (AgentProcess command = rollout()) {
            try (var operator = new Watcher(broker, TOPIC)) {
                awaitRunning(operator);
            }
            broker.kill();
            broker.startEmpty();
            assertEndsWith(0, command);
            assertThat(command.log()).contains("Trying again");
        }
        device.watchAgain();
        assertThat(device.awaitState("cam", "running").get("release").getAsString())
                .startsWith("2-");
    }

    @Test
    void aDocumentThatSomebodyElsePublishesEndsTheSteering() throws IOException {
        try (AgentProcess command = rollout();
                var operator = new Watcher(broker, TOPIC)) {
            awaitRunning(operator);
            operator.publish(
                    TOPIC,
                    "{\"v\":1,\"revision\":99,\"services\":{}}".getBytes(StandardCharsets.UTF_8),
                    true,
                    new MqttProperties());
            assertEndsWith(75, command);
            assertThat(command.log()).contains("somebody has published another document");
        }
    }
}
