package io.efka.it;

import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code docker/}: the agent's image and the stack of a broker and one agent, built and started as the README says. The
 * only suite that is left out where there is no Docker daemon; with {@code -Defka.docker=required} that is a failure.
 */
class DockerIT {
    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
    private static final int PORT = Brokers.freePort();
    private static final Duration BUILD = Duration.ofMinutes(5);

    private static boolean isStarted;

    @BeforeAll
    static void up() {
        boolean required = "required".equals(System.getProperty("efka.docker"));
        boolean possible = Brokers.hasDocker() && !compose().isEmpty();
        if (!possible && required) throw new AssertionError("no Docker daemon, or no docker compose, on this machine");
        if (!possible) System.out.println("[docker] no Docker daemon, or no docker compose: docker/ is not tried");
        Assumptions.assumeTrue(possible);
        isStarted = true;
        run("up", "--detach", "--build");
    }

    @AfterAll
    static void down() {
        if (isStarted) run("down", "--volumes", "--timeout", "20");
    }

    @Test
    void theSampleServiceIsKeptAndCommanded() {
        Handshake.awaitOn(PORT);
        try (var operator = new Watcher("tcp://127.0.0.1:" + PORT, "efka/dev1/#")) {
            operator.awaitJson(
                    "efka/dev1/status", status -> status.get("online").getAsBoolean());
            operator.awaitJson("efka/dev1/svc/hello/status", where("state", "running"));
            operator.await(
                    "its output",
                    m -> m.topic().equals("efka/dev1/svc/hello/stdout")
                            && m.text().startsWith("hello number "));

            assertThat(ok(operator.ask("efka/dev1/svc/hello/cmd/restart", ""))
                            .get("state")
                            .getAsString())
                    .isEqualTo("running");
            ok(operator.ask("efka/dev1/svc/hello/cmd/stop", ""));
            operator.awaitJson("efka/dev1/svc/hello/status", where("state", "stopped"));

            run("restart", "--timeout", "20", "agent");
            operator.awaitJson(
                    "efka/dev1/status",
                    status -> status.get("online").getAsBoolean()
                            && status.get("session").getAsLong() == 2);
            assertThat(ok(operator.ask("efka/dev1/svc/hello/cmd/status", ""))
                            .get("state")
                            .getAsString())
                    .as("a deliberate stop, over a restart of the container")
                    .isEqualTo("stopped");
        }
    }

    /** The plugin or the program of its own, whichever is there. */
    private static List<String> compose() {
        if (Shell.run("sh", "-c", "docker compose version").code() == 0) return List.of("docker", "compose");
        return Brokers.isOnPath("docker-compose") ? List.of("docker-compose") : List.of();
    }

    private static void run(String... arguments) {
        var command = new ArrayList<String>(compose());
        command.addAll(List.of("-f", TOP.resolve("docker/compose.yaml").toString(), "-p", "efka-it-" + PORT));
        command.addAll(List.of(arguments));
        Shell.run(command, Map.of("EFKA_BROKER_PORT", String.valueOf(PORT)), BUILD)
                .ok();
    }
}
