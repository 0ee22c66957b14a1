package io.efka.agent.cli;

import io.efka.agent.Agent;
import io.efka.agent.install.ManifestReading;
import io.efka.agent.service.Fault;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What {@code java -jar efka.jar} starts. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        var termination = new Termination(new JvmSignals(), Runtime.getRuntime()::halt);
        var efka = new Efka(rooms(), Machine.here(), termination, printer(System.out), printer(System.err));
        System.exit(efka.execute(arguments));
    }

    private static PrintWriter printer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    private static Rooms rooms() {
        return new Rooms(
                Agent::new,
                broker -> {
                    throw new UnsupportedOperationException("the MQTT link is not wired yet");
                },
                text -> new ManifestReading.Unusable(
                        List.of(new Fault("file", "a manifest", "reading it is not wired yet"))));
    }
}
