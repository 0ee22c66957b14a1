package io.efka.agent.main;

import io.efka.agent.app.Agent;
import io.efka.agent.runtime.SystemTimers;
import io.efka.mqtt.paho.PahoLink;
import io.efka.threads.ChildProcess;
import io.efka.threads.FatalErrors;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/** What {@code java -jar efka.jar} starts. */
public final class Main {
    /** For what is still to be written at the end; a stderr that takes nothing does not hold it up for longer. */
    private static final Duration LAST_LINES = Duration.ofMillis(500);

    private Main() {}

    public static void main(String[] arguments) {
        ChildProcess.chooseMechanism();
        IntConsumer halt = Runtime.getRuntime()::halt;
        // Not System.err, whose lock a logger holds that waits for a full pipe.
        var fatal = new FatalErrors(new FileOutputStream(FileDescriptor.err), halt).install();
        var termination = new Termination(new JvmSignals(), code -> {
            Logging.flush(LAST_LINES);
            halt.accept(code);
        });
        var efka = new Efka(
                settings -> new Agent(settings, fatal, Logging.processLog()),
                broker ->
                        new PahoLink(broker, new SystemTimers(ForkJoinPool.commonPool()), RandomGenerator.getDefault()),
                System.in,
                MachineDefaults.here(),
                termination,
                printer(System.out),
                printer(System.err));
        int code = efka.execute(arguments);
        Logging.flush(LAST_LINES);
        System.exit(code);
    }

    private static PrintWriter printer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}
