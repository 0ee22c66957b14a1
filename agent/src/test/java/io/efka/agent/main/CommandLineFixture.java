package io.efka.agent.main;

import io.efka.agent.app.Lifecycle;
import io.efka.agent.app.Lifecycle.StartException;
import io.efka.agent.app.Settings;
import io.efka.threads.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/** The whole command line with an agent that ends at once, and what came of a call. */
final class CommandLineFixture {
    final Map<String, String> environment = new HashMap<>();
    final Map<String, IntConsumer> signals = new HashMap<>();
    final List<Integer> halts = new ArrayList<>();
    int rereads;
    String stdin = "";
    String hostName = "host1";
    boolean isInContainer;
    Optional<StartException> refusal = Optional.empty();
    Optional<Settings> started = Optional.empty();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** Returns the exit code. */
    int efka(String... arguments) {
        var machine = new MachineDefaults(hostName, false, Path.of("/home/eve"), isInContainer, environment);
        var termination = new Termination(signals::put, halts::add);
        return new Efka(
                        Agent::new,
                        broker -> {
                            throw new AssertionError("no link is needed");
                        },
                        new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                        machine,
                        termination,
                        new PrintWriter(out, true),
                        new PrintWriter(err, true))
                .execute(arguments);
    }

    /** SIGHUP to what runs. */
    void hangUp() {
        signals.getOrDefault("HUP", ignored -> {}).accept(1);
    }

    Settings settings() {
        return started.orElseThrow(() -> new AssertionError("nothing was started: " + err));
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    private final class Agent implements Lifecycle {
        private final Settings settings;

        Agent(Settings settings) {
            this.settings = settings;
        }

        @Override
        public void start() throws StartException {
            if (refusal.isPresent()) throw refusal.get();
            started = Optional.of(settings);
        }

        @Override
        public ExitCode awaitEnd() {
            return ExitCode.OK;
        }

        @Override
        public List<String> reread() {
            rereads++;
            return List.of("password file /p has changed");
        }

        @Override
        public void close() {}
    }
}
