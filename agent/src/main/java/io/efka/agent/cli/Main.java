package io.efka.agent.cli;

import io.efka.agent.Agent;
import io.efka.agent.install.ManifestCodec;
import io.efka.agent.paho.PahoLink;
import io.efka.agent.runtime.SystemTimers;
import java.util.concurrent.ForkJoinPool;
import java.util.random.RandomGenerator;

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
                broker ->
                        new PahoLink(broker, new SystemTimers(ForkJoinPool.commonPool()), RandomGenerator.getDefault()),
                ManifestCodec::read);
    }
}
