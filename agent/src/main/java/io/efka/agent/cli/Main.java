package io.efka.agent.cli;

import io.efka.agent.Agent;
import io.efka.agent.install.ManifestReading;
import io.efka.agent.service.Fault;
import java.util.List;

/** What {@code java -jar efka.jar} starts. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        var termination = new Termination(new JvmSignals(), Runtime.getRuntime()::halt);
        System.exit(Efka.commandLine(rooms(), Machine.here(), termination).execute(arguments));
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
