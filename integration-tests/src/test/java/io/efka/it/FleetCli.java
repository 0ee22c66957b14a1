package io.efka.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An operator at a prompt: {@code efka} by its start script, with a home of its own. */
public final class FleetCli {
    private static final Path SCRIPT = Path.of("../agent/src/main/dist/efka").toAbsolutePath();
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path home;
    private final List<String> broker;

    /** @param broker the options that say where it is; none: a context does */
    public FleetCli(Path home, String... broker) {
        this.home = home;
        this.broker = List.of(broker);
    }

    /** Runs a command to its end. */
    public Shell.Result efka(String... arguments) {
        return Shell.run(command(arguments), environment(), LIMIT);
    }

    /** Runs a command whose output another one reads, until both have ended. */
    public Shell.Result piped(String reader, String... arguments) {
        var words = new ArrayList<String>();
        command(arguments).forEach(word -> words.add("'" + word + "'"));
        return Shell.run(List.of("sh", "-c", String.join(" ", words) + " | " + reader), environment(), LIMIT);
    }

    private List<String> command(String... arguments) {
        var command = new ArrayList<String>(List.of(SCRIPT.toString()));
        command.addAll(List.of(arguments));
        command.addAll(broker);
        return command;
    }

    private Map<String, String> environment() {
        return Map.of(
                "EFKA_JAR",
                AgentProcess.WHOLE_JAR.toAbsolutePath().toString(),
                "EFKA_JAVA",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "XDG_CONFIG_HOME",
                home.toString());
    }

    /** Starts a command on a terminal of its own. */
    public PseudoTerminal onTerminal(int columns, int rows, String... arguments) {
        return new PseudoTerminal(home, columns, rows, command(arguments), environment());
    }

    /** Starts a command that goes on. */
    public Running start(String name, String... arguments) {
        Path out = home.resolve(name + ".out");
        Path err = home.resolve(name + ".err");
        try {
            var builder = new ProcessBuilder(command(arguments))
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment());
            return new Running(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A command that goes on.
     *
     * @param out what it prints
     * @param err what it says
     */
    public record Running(Process process, Path out, Path err) implements AutoCloseable {
        public List<String> lines() {
            return text(out).lines().toList();
        }

        public String said() {
            return text(err);
        }

        /** Ctrl-C. Returns the exit code. */
        public int interrupt() {
            Shell.run("kill", "-INT", String.valueOf(process.pid())).ok();
            return process.onExit().join().exitValue();
        }

        private static String text(Path file) {
            try {
                return Files.readString(file, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
            process.onExit().join();
        }
    }
}
