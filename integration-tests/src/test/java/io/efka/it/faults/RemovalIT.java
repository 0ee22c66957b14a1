package io.efka.it.faults;

import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.it.Brokers;
import io.efka.it.Bundle;
import io.efka.it.Device;
import io.efka.it.TestBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The agent is killed while it removes services: nothing of them is left, and nothing is handed on to a later one. */
class RemovalIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int SERVICES = 60;

    private TestBroker broker;
    private Device device;

    @BeforeEach
    void start() {
        broker = Brokers.start();
        device = new Device(broker, "remover").start();
    }

    @AfterEach
    void stop() {
        try {
            device.close();
        } finally {
            broker.close();
        }
    }

    @Test
    void nothingIsLeftOfWhatWasBeingRemoved() {
        for (int i = 0; i < SERVICES; i++) {
            device.run(Bundle.script("gone-" + i, "echo old output", "exec sleep 600"));
            ok(device.ask("gone-" + i, "config", "{\"set\":{\"old\":" + i + "}}"));
        }
        for (int i = 0; i < SERVICES; i++) device.watcher().publish(device.topic("gone-" + i, "cmd/remove"), "");
        Await.until("some are removed", SOON, () -> removed() > SERVICES / 6);
        device.agent().kill();
        assertThat(removed()).as("removed before the kill").isLessThan(SERVICES);
        device.start();

        Await.until("all are removed", SOON, () -> services().isEmpty());
        Await.until("nothing is left of them", SOON, () -> left().isEmpty());
        Await.until(
                "their statuses are cleared",
                SOON,
                () -> device.watchAgain().all().stream()
                        .noneMatch(seen -> seen.topic().contains("/gone-") && seen.retained()));
        assertThat(device.processes()).isEmpty();

        device.run(Bundle.script("gone-7", "echo new output", "exec sleep 600"));
        JsonObject config = ok(device.ask("gone-7", "config", ""));
        assertThat(config.get("version").getAsLong()).isZero();
        Await.until(
                "only what the new one wrote is there",
                SOON,
                () -> ok(device.ask("gone-7", "logs", ""))
                        .get("text")
                        .getAsString()
                        .equals("new output\n"));
        ok(device.ask("gone-7", "remove", ""));
    }

    private long removed() {
        return device.watcher().all().stream()
                .filter(seen -> seen.topic().endsWith("/event"))
                .filter(seen -> new String(seen.payload(), StandardCharsets.UTF_8).contains("\"removed\""))
                .count();
    }

    private List<String> services() {
        return ok(device.ask("list", "")).getAsJsonArray("services").asList().stream()
                .map(one -> one.getAsJsonObject().get("service").getAsString())
                .toList();
    }

    private List<String> left() {
        try (Stream<Path> all = Files.walk(device.data(), 3)) {
            return all.map(file -> device.data().relativize(file).toString())
                    .filter(name -> name.contains("gone-"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
