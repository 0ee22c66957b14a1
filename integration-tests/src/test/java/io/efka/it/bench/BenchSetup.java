package io.efka.it.bench;

import io.efka.fixtures.Folders;
import io.efka.it.Brokers;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What all benchmarks use: a folder, a broker with the settings that Efka ships, and a copy of the jar with its archive
 * of classes. Closing it leaves no file and no process.
 */
final class BenchSetup implements AutoCloseable {
    private static final Path JAR = Path.of(System.getProperty("efka.jar"));
    private static final Path SCRIPT = Path.of(System.getProperty("efka.script"));
    private static final Path CONFIGURATION = Path.of(System.getProperty("efka.mosquitto"));

    private final boolean quick;
    private final Path folder = Folders.create("bench");
    private final Path jar = folder.resolve("efka.jar");
    private final TestBroker broker;
    private int agents;

    private BenchSetup(boolean quick) throws IOException {
        this.quick = quick;
        Files.copy(JAR, jar);
        this.broker = Brokers.stock(shippedSettings());
    }

    static BenchSetup build(boolean quick) throws IOException {
        var setup = new BenchSetup(quick);
        Runtime.getRuntime().addShutdownHook(new Thread(setup::endAll, "bench-end"));
        Process making = setup.script("--make-cds").inheritIO().start();
        if (making.onExit().join().exitValue() != 0) throw new IOException("no archive could be made");
        return setup;
    }

    /** The settings of {@code docker/mosquitto}, but for the place of its port and files. */
    private String[] shippedSettings() throws IOException {
        var settings = new ArrayList<String>(List.of("persistence_location " + folder + "/"));
        for (String line : Files.readAllLines(CONFIGURATION)) {
            boolean ours = line.startsWith("listener") || line.startsWith("allow_anonymous");
            if (!ours) settings.add(line);
        }
        return settings.toArray(String[]::new);
    }

    /** How often to measure: {@code full} times, or a fifth of that, at least 3 times, in quick mode. */
    int rounds(int full) {
        return quick ? Math.max(3, full / 5) : full;
    }

    boolean isQuick() {
        return quick;
    }

    TestBroker broker() {
        return broker;
    }

    /** A broker with the settings of its package. */
    TestBroker stockBroker() throws IOException {
        return Brokers.stock();
    }

    Path folder() {
        return folder;
    }

    /** A new folder for an agent's data. */
    Path data() {
        return folder.resolve("agent-" + ++agents);
    }

    /** Starts an agent with the shipped script and archive and waits until it is online. */
    RunningAgent agent() throws IOException {
        return agent(data());
    }

    RunningAgent agent(Path data) throws IOException {
        return agent(data, broker, Map.of()).awaitOnline();
    }

    /** Starts an agent and does not wait. */
    RunningAgent agent(Path data, TestBroker at, Map<String, String> environment) throws IOException {
        String device = String.valueOf(data.getFileName());
        ProcessBuilder builder =
                script("run", "--broker", at.uri().toString(), "--device", device, "--data-dir", data.toString());
        builder.environment().putAll(environment);
        return RunningAgent.start(builder, device, data, at);
    }

    /** The start script with another jar than that of the agent. */
    ProcessBuilder script(Path otherJar, String... arguments) {
        ProcessBuilder builder = script(arguments);
        builder.environment().put("EFKA_JAR", otherJar.toString());
        builder.environment().put("XDG_CONFIG_HOME", folder.toString());
        return builder;
    }

    private ProcessBuilder script(String... arguments) {
        var command = new ArrayList<String>(List.of(SCRIPT.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("EFKA_"));
        builder.environment().put("EFKA_JAR", jar.toString());
        builder.environment().put("EFKA_JAVA", BareJvm.java());
        return builder;
    }

    String describe() {
        return "machine: " + Runtime.getRuntime().availableProcessors() + " cores, Linux "
                + System.getProperty("os.version") + ", JVM " + System.getProperty("java.version") + ", "
                + Shell.run("mosquitto", "-h").out().lines().findFirst().orElse("mosquitto") + ", load "
                + load();
    }

    private static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        } catch (IOException unknown) {
            return "unknown";
        }
    }

    @Override
    public void close() {
        broker.close();
        Folders.delete(folder);
    }

    /** Ends all processes and deletes all files; also after Ctrl-C. */
    private void endAll() {
        List<ProcessHandle> left = ProcessHandle.current().descendants().toList();
        left.forEach(ProcessHandle::destroyForcibly);
        left.forEach(process -> process.onExit().join());
        if (Files.exists(folder)) Folders.delete(folder);
    }
}
