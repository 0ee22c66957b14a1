package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code docker/}: the agent's image and the stack of a broker and one agent, built and started as the README says. The
 * only suite that is left out where there is no Docker daemon; with {@code -Defka.docker=required} that is a failure.
 */
class DockerIT {
    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
    private static final int PORT = Brokers.freePort();
    private static final String PROJECT = "efka-it-" + PORT;
    private static final Duration BUILD = Duration.ofMinutes(8);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SERVICES = "/var/lib/efka/services";

    private static boolean isStarted;

    private Watcher operator;

    @BeforeAll
    static void up() {
        boolean required = "required".equals(System.getProperty("efka.docker"));
        boolean possible = Brokers.hasDocker() && !compose().isEmpty();
        if (!possible && required) throw new AssertionError("no Docker daemon, or no docker compose, on this machine");
        if (!possible) System.out.println("[docker] no Docker daemon, or no docker compose: docker/ is not tried");
        Assumptions.assumeTrue(possible);
        isStarted = true;
        run("up", "--detach", "--build");
        Handshake.awaitOn(PORT);
    }

    @AfterAll
    static void down() {
        if (isStarted) run("down", "--volumes");
    }

    @BeforeEach
    void watch() {
        operator = new Watcher("tcp://127.0.0.1:" + PORT, "efka/dev1/#");
        awaitOnline(operator);
    }

    @AfterEach
    void close() {
        operator.close();
    }

    private static JsonObject awaitOnline(Watcher operator) {
        return operator.awaitJson(
                "efka/dev1/status", status -> status.get("online").getAsBoolean());
    }

    private JsonObject ask(String service, String command, String payload) {
        return operator.ask("efka/dev1/svc/" + service + "/cmd/" + command, payload);
    }

    private JsonObject status(String service) {
        return operator.last("efka/dev1/svc/" + service + "/status").orElseThrow();
    }

    @Test
    void theSampleServiceIsKeptAndCommanded() {
        operator.awaitJson("efka/dev1/svc/sample/status", where("state", "running"));
        operator.await(
                "its output",
                m -> m.topic().equals("efka/dev1/svc/sample/stdout") && m.text().startsWith("number "));

        ok(ask("sample", "restart", ""));
        ok(ask("sample", "stop", ""));
        operator.awaitJson("efka/dev1/svc/sample/status", where("state", "stopped"));

        long session = awaitOnline(operator).get("session").getAsLong();
        run("restart", "agent");
        operator.awaitJson(
                "efka/dev1/status",
                status -> status.get("online").getAsBoolean()
                        && status.get("session").getAsLong() == session + 1);
        assertThat(ok(ask("sample", "status", "")).get("state").getAsString())
                .as("a deliberate stop, over a restart of the container")
                .isEqualTo("stopped");
        ok(ask("sample", "start", ""));
    }

    @Test
    void servicesAreInstalledAppliedAndRemoved() {
        Bundle hello = Bundle.script("hello", "echo one", "exec sleep 600");
        ok(ask("hello", "install", hello.startedPayload()));
        operator.awaitJson("efka/dev1/svc/hello/status", where("state", "running"));

        JsonObject second = Bundle.script("hello", "echo two", "exec sleep 600").json();
        var services = new JsonObject();
        services.add("hello", second);
        var apply = new JsonObject();
        apply.add("services", services);
        ok(operator.ask("efka/dev1/cmd/apply", apply.toString()));
        operator.await(
                "its new output",
                m -> m.topic().endsWith("/hello/stdout") && m.text().contains("two"));

        ok(ask("hello", "remove", ""));
        assertThat(inAgent("ls", SERVICES).out()).doesNotContain("hello");
        assertThat(agentLog()).doesNotContain("who cannot write");
    }

    @Test
    void aMountedServiceIsNeitherRemovedNorChangedAndRunsOn() {
        ok(ask("sample", "restart", ""));
        operator.awaitJson("efka/dev1/svc/sample/status", where("state", "running"));
        long pid = status("sample").get("pid").getAsLong();

        JsonObject refused = ask("sample", "remove", "");
        assertThat(code(refused)).isEqualTo("not_allowed");
        assertThat(refused.getAsJsonObject("error").get("message").getAsString())
                .contains(SERVICES + "/sample is mounted from elsewhere");
        JsonObject changed =
                operator.ask("efka/dev1/cmd/apply", "{\"services\":{\"sample\":{\"patch\":{\"env\":{\"A\":\"1\"}}}}}");
        assertThat(code(changed)).isEqualTo("not_allowed");

        JsonObject now = ok(ask("sample", "status", ""));
        assertThat(now.get("state").getAsString()).isEqualTo("running");
        assertThat(now.get("pid").getAsLong()).isEqualTo(pid);
    }

    @Test
    void aServiceThatTakesItsTimeToEndGetsItAndTheDeviceSaysThatItEnds() {
        Bundle slow = Bundle.script(
                        "slow",
                        "trap 'sleep 13; echo ended well; exit 0' TERM",
                        "echo ready",
                        "while :; do sleep 0.2; done")
                .with("stop", "{\"grace\":\"20s\"}");
        ok(ask("slow", "install", slow.startedPayload()));
        operator.await("it waits for its signal", m -> m.topic().endsWith("/slow/stdout"));

        run("stop", "agent");
        operator.awaitJson("efka/dev1/status", where("online", "false"));
        assertThat(operator.last("efka/dev1/status").orElseThrow().get("reason").getAsString())
                .isEqualTo("shutdown");

        run("start", "agent");
        operator.await(
                "what it said at its end",
                m -> m.topic().endsWith("/slow/stdout") && m.text().contains("ended well"));
        awaitOnline(operator);
        ok(ask("slow", "remove", ""));
    }

    @Test
    void theContainerIsHealthyWhileTheAgentLivesAndNotWhileItIsStuck() {
        Await.until("the container is healthy", SOON, () -> health().equals("healthy"));
        inAgent("sh", "-c", "kill -STOP $(cat /var/lib/efka/lock)").ok();
        try {
            Await.until(
                    "the health check fails",
                    Duration.ofSeconds(90),
                    () -> inAgent("efka", "health").code() == 1);
            assertThat(inAgent("efka", "health").err()).contains("the agent does not move");
        } finally {
            inAgent("sh", "-c", "kill -CONT $(cat /var/lib/efka/lock)").ok();
        }
        Await.until("it passes again", SOON, () -> inAgent("efka", "health").code() == 0);
    }

    private static String health() {
        return Shell.run("docker", "inspect", "--format", "{{.State.Health.Status}}", container())
                .ok()
                .strip();
    }

    @Test
    void aContainerWithoutANameForItsDeviceDoesNotStart() {
        Shell.Result ended = Shell.run("docker", "run", "--rm", "efka");
        assertThat(ended.code()).isEqualTo(78);
        assertThat(ended.err()).contains("host name: must stay the same", "EFKA_DEVICE");
    }

    /** As Docker makes it for a mount below a folder that the image does not have, and as a backup restored by root is. */
    @Test
    void theAgentSaysAtItsStartWhatItCannotWrite() {
        String volume = PROJECT + "-foreign";
        try {
            rootIn(volume, "mkdir -p /v/services && chown 999 /v && chown 0 /v/services && chmod 755 /v/services");
            String id = Shell.run(
                            "docker",
                            "run",
                            "--detach",
                            "--label",
                            "io.efka.test=" + TOP,
                            "--env",
                            "EFKA_DEVICE=foreign",
                            "--volume",
                            volume + ":/var/lib/efka",
                            "efka")
                    .ok()
                    .strip();
            try {
                Await.until("the agent has started", SOON, () -> log(id).contains("started: device=foreign"));
                assertThat(log(id).lines().filter(line -> line.contains("cannot write")))
                        .singleElement()
                        .asString()
                        .contains("WARN", "runs as user efka (999), who cannot write " + SERVICES + ":", "chown");
            } finally {
                Shell.run("docker", "rm", "--force", id).ok();
            }
        } finally {
            Shell.run("docker", "volume", "rm", "--force", volume).ok();
        }
    }

    /** What agent/docs/device.md says: a copy of the volume, restored elsewhere, is the device with its services. */
    @Test
    void aBackupOfTheVolumeIsTheDevice() {
        Bundle kept = Bundle.script("kept", "exec sleep 600");
        ok(ask("kept", "install", kept.startedPayload()));
        operator.awaitJson("efka/dev1/svc/kept/status", where("state", "running"));
        String data = PROJECT + "_agent-data";
        run("stop", "agent");
        rootIn(data, "tar -C /v -cf /v/backup.tar --exclude=./backup.tar . && rm -r /v/state /v/services/kept");
        rootIn(data, "tar -C /v -xpf /v/backup.tar && rm /v/backup.tar");
        run("start", "agent");
        awaitOnline(operator);
        operator.awaitJson(
                "efka/dev1/svc/kept/status",
                status -> status.get("state").getAsString().equals("running")
                        && status.get("session").getAsLong()
                                == awaitOnline(operator).get("session").getAsLong());
        assertThat(agentLog()).doesNotContain("who cannot write");
        ok(ask("kept", "remove", ""));
    }

    @Test
    void theImagesJavaHasEveryModuleThatTheJarUses() {
        String needed = Shell.run(
                        Path.of(System.getProperty("java.home"), "bin", "jdeps").toString(),
                        "--ignore-missing-deps",
                        "--multi-release",
                        "17",
                        "--print-module-deps",
                        AgentProcess.JAR.toString())
                .ok();
        var modules = new TreeSet<String>();
        inAgent("/opt/java/bin/java", "--list-modules")
                .ok()
                .lines()
                .map(line -> line.replaceFirst("@.*", ""))
                .forEach(modules::add);
        assertThat(modules).containsAll(List.of(needed.strip().split(","))).contains("jdk.crypto.ec", "jdk.random");
    }

    private static void rootIn(String volume, String script) {
        Shell.run(
                        "docker",
                        "run",
                        "--rm",
                        "--user",
                        "0",
                        "--volume",
                        volume + ":/v",
                        "--entrypoint",
                        "sh",
                        "efka",
                        "-c",
                        script)
                .ok();
    }

    private static String log(String container) {
        Shell.Result log = Shell.run("docker", "logs", container);
        return log.out() + log.err();
    }

    private static String agentLog() {
        return log(container());
    }

    private static String container() {
        return run("ps", "--quiet", "agent").strip();
    }

    private static Shell.Result inAgent(String... command) {
        return Shell.run(Stream.concat(Stream.of("docker", "exec", container()), Stream.of(command))
                .toList());
    }

    /** The plugin or the program of its own, whichever is there. */
    private static List<String> compose() {
        if (Shell.run("sh", "-c", "docker compose version").code() == 0) return List.of("docker", "compose");
        return Brokers.isOnPath("docker-compose") ? List.of("docker-compose") : List.of();
    }

    private static String run(String... arguments) {
        var command = new ArrayList<String>(compose());
        command.addAll(List.of("-f", TOP.resolve("docker/compose.yaml").toString(), "-p", PROJECT));
        command.addAll(List.of(arguments));
        return Shell.run(command, Map.of("EFKA_BROKER_PORT", String.valueOf(PORT)), BUILD)
                .ok();
    }
}
