package io.efka.it.bench;

import io.efka.fixtures.Await;
import io.efka.it.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An agent as a process of its own, and an operator that talks to it. */
final class RunningAgent implements AutoCloseable {
    private static final Duration ONLINE_LIMIT = Duration.ofSeconds(20);
    /** More than the agent takes for a graceful end at most. */
    private static final long END_SECONDS = 40;

    private final Process process;
    private final String device;
    private final Operator operator;
    private final Path log;
    private final long begun;

    private RunningAgent(Process process, String device, Operator operator, Path log, long begun) {
        this.process = process;
        this.device = device;
        this.operator = operator;
        this.log = log;
        this.begun = begun;
    }

    static RunningAgent start(ProcessBuilder script, String device, Path data, TestBroker broker) throws IOException {
        var operator = new Operator(broker, device);
        Path log = data.resolveSibling(data.getFileName() + ".log");
        script.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        long begun = System.nanoTime();
        return new RunningAgent(script.start(), device, operator, log, begun);
    }

    /** {@link System#nanoTime} just before its process was made. */
    long begun() {
        return begun;
    }

    RunningAgent awaitOnline() {
        Await.until("the agent is online; " + log, ONLINE_LIMIT, () -> onlineAt() > 0);
        return this;
    }

    /** When its birth arrived; 0 if it did not yet. */
    long onlineAt() {
        return operator.onlineAt(begun);
    }

    Operator operator() {
        return operator;
    }

    String device() {
        return device;
    }

    /** A topic of one of its services. */
    String topic(String service, String last) {
        return "efka/" + device + "/svc/" + service + "/" + last;
    }

    /** The JVM's own, as the script becomes the JVM. */
    long pid() {
        return process.pid();
    }

    /** Proportional set size in MB: its private memory and its share of what it shares. */
    double pssMegabytes() throws IOException {
        return field("smaps_rollup", "Pss:") / 1024.0;
    }

    long threads() throws IOException {
        return field("status", "Threads:");
    }

    private long field(String file, String name) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid() + "/" + file))) {
            String line = lines.filter(l -> l.startsWith(name)).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
    }

    /** CPU time so far, of all its threads, those that ended included; the kernel counts in 10 ms. */
    double cpuMillis() {
        return Cpu.millis(pid());
    }

    @Override
    public void close() {
        operator.close();
        process.destroy();
        process.onExit()
                .orTimeout(END_SECONDS, TimeUnit.SECONDS)
                .handle((ended, late) -> process.destroyForcibly())
                .join();
    }
}
