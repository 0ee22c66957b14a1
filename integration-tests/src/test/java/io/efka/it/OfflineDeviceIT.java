package io.efka.it;

import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the broker keeps of a device whose agent has gone, and how a device is forgotten. */
class OfflineDeviceIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void aKilledAgentLeavesAWillThatSaysSinceWhenItWasConnected() {
        try (TestBroker broker = Brokers.start();
                var device = new Device(broker, "lost")) {
            Instant before = Instant.now().minusSeconds(1);
            JsonObject birth =
                    device.start().watcher().last(device.topic("status")).orElseThrow();
            Instant born = Instant.parse(birth.get("at").getAsString());
            assertThat(born).isBetween(before, Instant.now().plusSeconds(1));

            device.agent().kill();
            device.watcher()
                    .awaitJson(
                            device.topic("status"),
                            status -> !status.get("online").getAsBoolean());

            // Who comes later sees nothing but this.
            JsonObject will = Await.value(
                    "the retained will", LIMIT, () -> device.watchAgain().last(device.topic("status")));
            assertThat(will.get("reason").getAsString()).isEqualTo("lost");
            assertThat(Instant.parse(will.get("connected_at").getAsString())).isBetween(before, born);
            assertThat(will.has("at")).isFalse();
        }
    }

    @Test
    void aForgottenDeviceLeavesNothingBehind() {
        assumeTrue(Brokers.isOnPath("mosquitto_sub"), "mosquitto_sub on the PATH");
        try (TestBroker broker = Brokers.start();
                var device = new Device(broker, "forgotten")) {
            device.start("--home-assistant", "homeassistant");
            device.run(Bundle.sleeper("still"));
            device.awaitState("still", "running");
            Await.until(
                    "three topics are retained", LIMIT, () -> retained(broker).size() == 3);

            JsonObject reply = ok(device.ask("shutdown", "{\"forget\":true}"));

            assertThat(reply.get("cleared").getAsInt()).isEqualTo(3);
            assertThat(reply.has("left")).isFalse();
            assertThat(device.agent().exitCode()).isEqualTo(ExitCode.FORGOTTEN.number());
            assertThat(device.processes()).isEmpty();
            // Longer than the broker would wait with a will.
            assertThat(Await.within(
                            Duration.ofSeconds(7), () -> !retained(broker).isEmpty()))
                    .isFalse();
        }
    }

    private static List<String> retained(TestBroker broker) {
        Shell.Result seen = Shell.run(
                "mosquitto_sub",
                "-p",
                String.valueOf(broker.port()),
                "-t",
                "#",
                "--retained-only",
                "-F",
                "%t",
                "-W",
                "1");
        return seen.out().lines().toList();
    }
}
