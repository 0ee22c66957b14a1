package io.efka.it.faults;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.it.Brokers;
import io.efka.it.Device;
import io.efka.it.Processes;
import io.efka.it.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The folder of a registered service is not there when the agent starts, as on a mount that comes later. */
final class LateMountIT {
    private TestBroker broker;
    private Device device;
    private Path roots;
    private Path mount;

    @BeforeEach
    void start() throws IOException {
        broker = Brokers.start();
        device = new Device(broker, "late-mount");
        roots = Files.createDirectories(device.folder().resolve("roots"));
        mount = Files.createDirectories(roots.resolve("camera"));
        Files.writeString(
                mount.resolve("manifest.json"),
                "{\"service_id\":\"camera\",\"exec\":\"/bin/sleep\",\"args\":[\"600\"],\"health_check\":\"process:\"}");
        startAgent();
        ok(device.ask("camera", "install", "{\"work_dir\":\"" + mount + "\",\"start\":true}"));
    }

    @AfterEach
    void end() {
        if (device != null) device.close();
        if (broker != null) broker.close();
    }

    @Test
    void theServiceIsStartedWhenItsFolderComes() throws IOException {
        device.agent().terminate();
        unmount();
        startAgent();

        JsonObject away = device.awaitState("camera", "backoff");
        assertThat(away.getAsJsonObject("cause").get("message").getAsString())
                .isEqualTo("the manifest cannot be read: manifest.json must be a file at "
                        + mount.resolve("manifest.json") + ", was missing");
        assertThat(away.get("desired").getAsString()).isEqualTo("running");
        assertThat(away.get("next_attempt_at").isJsonNull()).isFalse();
        assertThat(code(device.ask("camera", "start", ""))).isEqualTo("invalid_manifest");
        mount();

        JsonObject back = device.awaitState("camera", "running");
        assertThat(Processes.isAlive(back.get("pid").getAsLong())).isTrue();
        assertThat(back.has("faults")).isFalse();
    }

    @Test
    void aProcessThatLivedOnIsAdoptedWhenTheFolderComes() throws IOException {
        long pid = device.awaitState("camera", "running").get("pid").getAsLong();
        device.agent().kill();
        unmount();
        startAgent();
        device.awaitState("camera", "backoff");
        device.agent().kill();
        startAgent();
        device.awaitStatus("camera", where("state", "backoff"));
        assertThat(Processes.isAlive(pid)).isTrue();
        mount();

        JsonObject back = device.awaitState("camera", "running");
        assertThat(back.get("pid").getAsLong()).isEqualTo(pid);
        assertThat(back.getAsJsonObject("cause").get("kind").getAsString()).isEqualTo("adopted");
        assertThat(device.processes()).hasSize(1);
    }

    @Test
    void aProcessThatLivedOnIsEndedByRemoveWhileTheFolderIsAway() throws IOException {
        long pid = device.awaitState("camera", "running").get("pid").getAsLong();
        device.agent().kill();
        unmount();
        startAgent();
        device.awaitState("camera", "backoff");

        ok(device.ask("camera", "remove", ""));

        assertThat(Processes.isAlive(pid)).isFalse();
        assertThat(code(device.ask("camera", "status", ""))).isEqualTo("unknown_service");
    }

    private void startAgent() {
        device.start("--work-dir-roots", roots.toString());
    }

    /** The mount point stays, and is empty. */
    private void unmount() throws IOException {
        Files.move(mount, roots.resolve("elsewhere"));
        Files.createDirectories(mount);
    }

    private void mount() throws IOException {
        Files.delete(mount);
        Files.move(roots.resolve("elsewhere"), mount);
    }
}
