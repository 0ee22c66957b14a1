package io.efka.it.faults;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import io.efka.it.Brokers;
import io.efka.it.Bundle;
import io.efka.it.Device;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Registered manifests that are regular files and do not answer, as on a dead NFS mount: a write lease of another process
 * lets whoever opens the file hang, up to the kernel's {@code lease-break-time} of 45 s.
 */
final class DeadMountIT {
    private static final int DEAD = 12;

    private static final String LEASES = "import fcntl, os, signal, sys\n"
            + "signal.signal(signal.SIGIO, signal.SIG_IGN)\n"
            + "held = [os.open(path, os.O_RDWR) for path in sys.argv[1:]]\n"
            + "for file in held: fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)\n"
            + "print('held', flush=True)\n"
            + "sys.stdin.read()\n";

    private TestBroker broker;
    private Device device;
    private Process leases;

    @BeforeEach
    void start() throws IOException {
        boolean isPossible = Files.exists(Path.of("/usr/bin/python3"))
                && Shell.run("python3", "-c", "import fcntl; fcntl.F_SETLEASE").code() == 0;
        if (!isPossible) System.out.println("[faults] NOT TRIED: a file that hangs can only be had with python3");
        assumeTrue(isPossible, "a file that hangs can only be had with python3");
        broker = Brokers.start();
        device = new Device(broker, "half-dead");
        device.start("--work-dir-roots", roots().toString());
    }

    @AfterEach
    void end() {
        if (leases != null) leases.destroyForcibly();
        if (device != null) device.close();
        if (broker != null) broker.close();
    }

    @Test
    void manifestsThatHangCostNeitherTheOtherServicesNorTheNextStart() throws IOException {
        device.run(Bundle.sleeper("well"));
        for (String id : dead()) {
            ok(device.ask(id, "install", "{\"work_dir\":\"" + registered(id) + "\"}"));
        }
        holdManifests();

        long before = System.nanoTime();
        for (String id : dead()) device.watcher().publish(device.topic(id, "cmd/start"), "{\"wait\":false}");
        ok(device.ask("ping", ""));
        ok(device.ask("well", "status", ""));
        ok(device.ask("well", "signal", "{\"signal\":\"KILL\"}"));
        device.awaitStatus("well", status -> status.get("restarts").getAsLong() > 0);
        ok(device.ask("well", "stop", ""));
        assertThat(since(before)).as("while %d reads hang", DEAD).isLessThan(Duration.ofSeconds(20));
        JsonObject refused = device.ask("dead0", "start", "");
        assertThat(code(refused)).isEqualTo("invalid_manifest");
        assertThat(refused.toString()).contains("must be readable", "still hangs");
        ok(device.ask("well", "start", ""));
        assertThat(since(before)).isLessThan(Duration.ofSeconds(30));

        device.agent().kill();
        before = System.nanoTime();
        device.start("--work-dir-roots", roots().toString());
        assertThat(since(before)).as("a start among dead mounts").isLessThan(Duration.ofSeconds(40));
        device.awaitState("well", "running");
        ok(device.ask("well", "stop", ""));
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private static List<String> dead() {
        return IntStream.range(0, DEAD).mapToObj(i -> "dead" + i).toList();
    }

    private Path roots() throws IOException {
        return Files.createDirectories(device.folder().resolve("roots"));
    }

    private Path registered(String id) throws IOException {
        Path folder = Files.createDirectories(roots().resolve(id));
        Files.writeString(
                folder.resolve("manifest.json"),
                "{\"service_id\":\"" + id + "\",\"exec\":\"/bin/true\",\"health_check\":\"process:\"}");
        return folder;
    }

    private void holdManifests() throws IOException {
        var command = new ArrayList<>(List.of("python3", "-c", LEASES));
        for (String id : dead()) {
            command.add(roots().resolve(id).resolve("manifest.json").toString());
        }
        leases = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(new BufferedReader(new InputStreamReader(leases.getInputStream(), StandardCharsets.UTF_8))
                        .readLine())
                .isEqualTo("held");
    }
}
