package io.efka.it.chaos;

import io.efka.it.AgentProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The agent under test. It is killed, ended and started again; {@link Chaos} does what an init system would do. */
final class RestartedAgent {
    private final Path log;
    private final List<String> arguments;
    private Optional<AgentProcess> process = Optional.empty();

    RestartedAgent(String broker, String device, Path disk, Path log) {
        this.log = log;
        this.arguments = List.of(
                "run",
                "--broker",
                broker,
                "--device",
                device,
                "--data-dir",
                disk.resolve("data").toString(),
                "--log-dir",
                disk.resolve("logs").toString(),
                "--metrics-interval",
                "2s");
    }

    void start() {
        process = Optional.of(AgentProcess.start(log, arguments));
    }

    boolean isAlive() {
        return process.filter(AgentProcess::isAlive).isPresent();
    }

    void kill() {
        process.ifPresent(AgentProcess::kill);
        process = Optional.empty();
    }

    /** Sends SIGTERM, waits for the end and returns the exit code. */
    int terminate() {
        int code = process.map(AgentProcess::terminate).orElse(0);
        process = Optional.empty();
        return code;
    }

    /** The exit code, if the agent ended by itself. */
    Optional<Integer> fallen() {
        return process.filter(p -> !p.isAlive()).map(AgentProcess::exitCode);
    }
}
