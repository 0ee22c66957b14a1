package io.efka.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The packaged jar as a process of its own, as an operator starts it. Before it is ended it is asked whether threads of
 * its own wait for each other: a test whose agent has a deadlock fails.
 */
public final class AgentProcess implements AutoCloseable {
    /** What is tested: the jar that a device runs. */
    public static final Path JAR = Path.of(System.getProperty("efka.jar", "../agent/target/efka-agent.jar"));

    /** The one that also has the demo. */
    public static final Path WHOLE_JAR = Path.of(System.getProperty("efka.jar.whole", "../agent/target/efka.jar"));

    private final Process process;
    private final Path log;
    private Duration timeToEnd = Duration.ZERO;

    /**
     * What is started, and in what surroundings.
     *
     * @param wrapper a program and its arguments that prepares them and then becomes what follows
     * @param options of the JVM, beside the usual ones, which they override
     * @param jar the one to run
     */
    public record World(List<String> wrapper, List<String> options, Path jar) {
        public static final World USUAL = new World(List.of(), List.of(), JAR);

        public World under(List<String> program) {
            return new World(program, options, jar);
        }

        public World with(String... more) {
            return new World(wrapper, List.of(more), jar);
        }

        public World of(Path other) {
            return new World(wrapper, options, other);
        }
    }

    private AgentProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** {@code efka run} against that broker; the log goes to {@code agent.log} beside the data. */
    public static AgentProcess run(TestBroker broker, String device, Path data, String... more) {
        return run(broker.uri(), device, data, more);
    }

    public static AgentProcess run(String broker, String device, Path data, String... more) {
        return runIn(World.USUAL, broker, device, data, more);
    }

    /** The same in surroundings of the caller's. */
    public static AgentProcess runIn(World world, String broker, String device, Path data, String... more) {
        var arguments = new ArrayList<String>(
                List.of("run", "--broker", broker, "--device", device, "--data-dir", data.toString()));
        arguments.addAll(List.of(more));
        return start(world, data.resolveSibling(data.getFileName() + ".log"), arguments);
    }

    /** Any command of the jar. */
    public static AgentProcess start(Path log, List<String> arguments) {
        return start(World.USUAL, log, arguments);
    }

    /** {@code efka demo}. */
    public static AgentProcess demo(Path log, String... arguments) {
        var all = new ArrayList<String>(List.of("demo"));
        all.addAll(List.of(arguments));
        return start(World.USUAL.of(WHOLE_JAR), log, all);
    }

    /** A command for a fleet; stdout and stderr go to the log. */
    public static AgentProcess fleet(Path log, List<String> arguments) {
        return start(World.USUAL.of(WHOLE_JAR), log, arguments);
    }

    private static AgentProcess start(World world, Path log, List<String> arguments) {
        var command = new ArrayList<String>(world.wrapper());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m"));
        command.addAll(archive(world.jar(), arguments.get(0)));
        command.addAll(world.options());
        command.addAll(List.of("-jar", world.jar().toString()));
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

    /**
     * The flags for the archive that {@code efka --make-cds} has put beside the jar, as the start script has them; none without
     * one. Half of a start is classes that are loaded. The JVM ignores an archive of another jar.
     */
    private static List<String> archive(Path jar, String command) {
        boolean isAgent = List.of("run", "demo", "check").contains(command);
        String name = jar.getFileName().toString().replace(".jar", isAgent ? ".jsa" : "-fleet.jsa");
        Path archive = jar.resolveSibling(name).toAbsolutePath();
        if (!Files.exists(archive)) return List.of();
        return List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + archive, "-Xlog:disable");
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Completes with its exit code. */
    public CompletableFuture<Integer> onExit() {
        return process.onExit().thenApply(Process::exitValue);
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
