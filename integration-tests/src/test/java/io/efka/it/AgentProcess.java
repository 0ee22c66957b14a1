package io.efka.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The packaged jar as a process of its own, as an operator starts it. Before it is ended it is asked whether threads of
 * its own wait for each other: a test whose agent has a deadlock fails.
 */
public final class AgentProcess implements AutoCloseable {
    /** What is tested: the jar that a user runs. */
    public static final Path JAR = Path.of(System.getProperty("efka.jar", "../agent/target/efka.jar"));

    private final Process process;
    private final Path log;
    private Duration timeToEnd = Duration.ZERO;

    private AgentProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** {@code efka run} against that broker; the log goes to {@code agent.log} beside the data. */
    public static AgentProcess run(TestBroker broker, String device, Path data, String... more) {
        return run(broker.uri(), device, data, more);
    }

    public static AgentProcess run(String broker, String device, Path data, String... more) {
        return runUnder(List.of(), broker, device, data, more);
    }

    /**
     * The same in a world that is poorer than this one.
     *
     * @param wrapper a program and its arguments that prepares that world and then becomes what follows
     */
    public static AgentProcess runUnder(List<String> wrapper, String broker, String device, Path data, String... more) {
        var arguments = new ArrayList<String>(
                List.of("run", "--broker", broker, "--device", device, "--data-dir", data.toString()));
        arguments.addAll(List.of(more));
        return start(wrapper, data.resolveSibling(data.getFileName() + ".log"), arguments);
    }

    /** Any command of the jar. */
    public static AgentProcess start(Path log, List<String> arguments) {
        return start(List.of(), log, arguments);
    }

    private static AgentProcess start(List<String> wrapper, Path log, List<String> arguments) {
        var command = new ArrayList<String>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-jar",
                JAR.toString()));
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            return new AgentProcess(process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has logged, over all starts that shared the file. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** kill -9, and gone. It is not asked anything: what a kill finds is the test's business. */
    public void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** SIGTERM, and gone. */
    public int terminate() {
        Optional<String> deadlock = Deadlocks.in(process);
        long begin = System.nanoTime();
        process.destroy();
        int code = exitCode();
        timeToEnd = Duration.ofNanos(System.nanoTime() - begin);
        if (deadlock.isPresent()) throw new AssertionError("threads waited for each other:\n" + deadlock.get());
        return code;
    }

    /** From SIGTERM to its end; the question about deadlocks does not count. */
    public Duration timeToEnd() {
        return timeToEnd;
    }

    public int exitCode() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("the agent did not end within 60 s:\n" + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Ends it, with its services, if it is still there. */
    @Override
    public void close() {
        if (process.isAlive()) terminate();
    }
}
