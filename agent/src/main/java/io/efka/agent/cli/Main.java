package io.efka.agent.cli;

import io.efka.agent.Agent;
import io.efka.agent.install.ManifestCodec;
import io.efka.agent.os.LaunchMechanism;
import io.efka.agent.paho.PahoLink;
import io.efka.agent.runtime.SystemTimers;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ForkJoinPool;
import java.util.random.RandomGenerator;

/** What {@code java -jar efka.jar} starts. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        LaunchMechanism.choose();
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
                broker ->
                        new PahoLink(broker, new SystemTimers(ForkJoinPool.commonPool()), RandomGenerator.getDefault()),
                ManifestCodec::read);
    }
}
