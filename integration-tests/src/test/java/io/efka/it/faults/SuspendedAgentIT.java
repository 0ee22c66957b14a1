package io.efka.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import io.efka.fixtures.Folders;
import io.efka.it.Brokers;
import io.efka.it.Bundle;
import io.efka.it.ChannelClient;
import io.efka.it.ChannelKey;
import io.efka.it.Device;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** An agent that stands still for a while, as in a frozen container, blames no service for it. */
final class SuspendedAgentIT {
    private static final int TIMES = 6;
    private static final long BETWEEN_WORDS = Duration.ofMillis(200).toNanos();

    @Test
    void aServiceThatSaysAllTheWhileThatItIsAliveIsNotEnded() throws Exception {
        Path keys = Folders.create("keys");
        try (TestBroker broker = Brokers.start();
                var device = new Device(broker, "suspended").start()) {
            device.run(Bundle.script("alive", ChannelKey.leaveIn(keys), "exec sleep 600")
                    .with("watchdog", "\"1s\""));
            var ending = new AtomicBoolean();
            var failure = new AtomicReference<IOException>();
            var speaker = new Thread(() -> speak(keys, ending, failure), "speaker");
            speaker.start();
            JsonElement pid = device.awaitStatus(
                            "alive", status -> status.get("ready").getAsBoolean())
                    .get("pid");
            for (int i = 0; i < TIMES; i++) {
                Shell.run(
                                "sh",
                                "-c",
                                "kill -STOP $0; sleep 2.5; kill -CONT $0",
                                String.valueOf(device.agent().pid()))
                        .ok();
                Device.ok(device.ask("ping", ""));
                assertThat(pid(device)).as("time %d", i + 1).isEqualTo(pid);
            }
            ending.set(true);
            speaker.join();
            assertThat(failure.get()).isNull();
            // Silence is still found out.
            device.awaitStatus("alive", status -> !status.get("pid").equals(pid));
            Device.ok(device.ask("alive", "remove", ""));
        } finally {
            Folders.delete(keys);
        }
    }

    private static JsonElement pid(Device device) {
        return device.ask("alive", "status", "").getAsJsonObject("status").get("pid");
    }

    private static void speak(Path keys, AtomicBoolean ending, AtomicReference<IOException> failure) {
        try (ChannelClient client = ChannelClient.attached(ChannelKey.of(keys, "alive"))) {
            client.say("{\"type\":\"ready\"}");
            while (!ending.get()) {
                client.say("{\"type\":\"alive\"}");
                LockSupport.parkNanos(BETWEEN_WORDS);
            }
        } catch (IOException e) {
            failure.set(e);
        }
    }
}
