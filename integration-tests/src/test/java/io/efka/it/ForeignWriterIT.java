package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.time.Duration;
import java.util.List;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody else writes where only an agent should, or has an agent write where only another one should. */
class ForeignWriterIT {
    @RegisterExtension
    static final SharedDevice SHARED = new SharedDevice("written");

    private static final Duration SOON = Duration.ofSeconds(10);

    private final Device device = SHARED.device();

    @ParameterizedTest
    @ValueSource(strings = {"{\"state\":\"stopped\",\"pid\":1}", "no JSON at all", ""})
    void aServicesStatusIsRightAgainWithinSeconds(String foreign) {
        String id = "kept-" + Math.abs(foreign.hashCode() % 1000);
        device.run(Bundle.sleeper(id));
        device.awaitState(id, "running");
        String topic = device.topic(id, "status");
        try (Watcher writer = new Watcher(SHARED.broker())) {
            writer.publish(topic, foreign.getBytes(UTF_8), true, new MqttProperties());
        }

        Await.until(
                "the retained status is the agent's",
                SOON,
                () -> retained(topic).stream()
                        .anyMatch(text -> text.contains("\"state\":\"running\"") && text.contains("\"v\":1")));
        ok(device.ask(id, "stop", ""));
        device.awaitState(id, "stopped");
        int settled = device.watcher().all(topic).size();
        ok(device.ask("ping", ""));
        ok(device.ask(id, "status", ""));
        assertThat(device.watcher().all(topic)).as("nobody argues with himself").hasSize(settled);
    }

    @Test
    void theStatusOfNoServiceIsCleared() {
        String topic = device.topic("ghost", "status");
        try (Watcher writer = new Watcher(SHARED.broker())) {
            for (int i = 0; i < 20; i++) {
                writer.publish(topic, "{\"state\":\"running\"}".getBytes(UTF_8), true, new MqttProperties());
            }
        }

        Await.until("it is cleared", SOON, () -> retained(topic).isEmpty());
    }

    @Test
    void aReplyIsNoCommandToAnotherDevice() {
        try (Device other = new Device(SHARED.broker(), "victim").start()) {
            String trap = other.topic("cmd/shutdown");
            var properties = new MqttProperties();
            properties.setResponseTopic(trap);
            properties.setCorrelationData("trap".getBytes(UTF_8));
            device.watcher().publish(device.topic("cmd/ping"), new byte[0], false, properties);
            JsonObject reply = device.watcher().awaitJson(device.topic("reply"), where("id", "trap"));

            assertThat(code(reply)).isEqualTo("bad_argument");
            assertThat(reply.getAsJsonObject("error").get("message").getAsString())
                    .contains(trap);
            ok(other.ask("ping", ""));
            assertThat(other.watcher().all(trap)).isEmpty();
            assertThat(other.agent().isAlive()).isTrue();
        }
    }

    /** What a new subscriber is given: the payload, or none. */
    private static List<String> retained(String topic) {
        try (Watcher fresh = new Watcher(SHARED.broker(), topic, "fence/" + topic)) {
            fresh.publish("fence/" + topic, "");
            fresh.await("the fence", message -> message.topic().startsWith("fence/"));
            return fresh.all(topic).stream().map(Watcher.Seen::text).toList();
        }
    }
}
