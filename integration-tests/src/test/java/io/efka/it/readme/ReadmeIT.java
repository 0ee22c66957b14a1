package io.efka.it.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess;
import io.efka.it.Processes;
import io.efka.it.Shell;
import io.efka.it.readme.ReadmePage.Block;
import io.efka.it.readme.ReadmePage.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The README, pasted from top to bottom on a machine that has what it asks for. Every block is run as it stands and prints
 * what the page shows; at the end nothing is left. The page uses port 1883, so it gets a network of its own.
 */
final class ReadmeIT {
    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Installs what this machine has already, or builds what is tested here. Nothing else is left out of a block. */
    private static final List<String> NOT_RUN =
            List.of("sudo apt-get install ", "mvn -q -pl agent -Dmaven.test.skip package", "mvn verify");

    /** Run by DockerIT. */
    private static final String DOCKER = "Docker";

    /** How mosquitto_sub says that it ended because of its -W. */
    private static final int TIME_IS_OVER = 27;

    private static final String STARTS_DEMO = "java -jar agent/target/efka.jar demo";
    private static final String STARTS_AGENT = "java -jar agent/target/efka.jar run ";

    private final Path top = Folders.create("readme");
    private final Path clone = top.resolve("efka");
    private final Path notes = top.resolve("notes");
    private final List<Terminal> terminals = new ArrayList<>();
    private final Shape shape = new Shape();
    private Optional<OwnNetwork> network = Optional.empty();
    private Optional<Terminal> foreground = Optional.empty();

    @BeforeEach
    void prepare() throws IOException {
        network = Optional.of(OwnNetwork.open());
        Files.createDirectories(clone.resolve("agent/target"));
        Files.createDirectory(notes);
        Files.copy(AgentProcess.WHOLE_JAR, clone.resolve("agent/target/efka.jar"));
        Files.createSymbolicLink(clone.resolve("docker"), TOP.resolve("docker"));
    }

    @AfterEach
    void end() {
        terminals.forEach(Terminal::close);
        Processes.below(top).forEach(ProcessHandle::destroyForcibly);
        network.ifPresent(OwnNetwork::close);
        Folders.delete(top);
    }

    @Test
    void everyBlockDoesWhatThePageSaysAndNothingIsLeft() throws IOException {
        Set<Path> before = files();
        Terminal second = terminal("second", clone);
        Optional<String> section = Optional.empty();
        for (Block block : ReadmePage.blocks(Files.readString(TOP.resolve("README.md")))) {
            boolean isNew = !section.equals(Optional.of(block.section()));
            section = Optional.of(block.section());
            if (isNew && block.section().equals("Your own broker")) {
                endDemo();
                startDebiansBroker();
            }
            if (!block.section().equals(DOCKER)) run(block, second);
        }

        assertThat(foreground.orElseThrow().isOver())
                .as("the agent in the first terminal")
                .isTrue();
        second.close();
        Await.until(
                () -> "no process is left: " + Processes.below(clone),
                LIMIT,
                () -> Processes.below(clone).isEmpty());
        assertThat(files()).as("files in the clone").isEqualTo(before);
        assertThat(Shell.run(inNetwork("mosquitto_sub", "-t", "efka/dev1/#", "--retained-only", "-W", "1"))
                        .out())
                .as("retained messages of the device")
                .isEmpty();
    }

    private void run(Block block, Terminal second) throws IOException {
        switch (block.language()) {
            case "sh", "console" -> {
                for (Step step : block.steps()) run(step, second);
            }
            case "json" -> assertThat(examples()).as("the text of an example").contains(block.text());
            case "mermaid" -> {}
            default -> throw new AssertionError("a block of \"" + block.language() + "\": what is to be done with it?");
        }
    }

    private static List<String> examples() throws IOException {
        var texts = new ArrayList<String>();
        for (String name : List.of("hello.json", "hello-deploy.json"))
            texts.add(Files.readString(TOP.resolve("docker/examples").resolve(name)));
        return texts;
    }

    private void run(Step step, Terminal second) {
        if (NOT_RUN.stream().anyMatch(step.command()::startsWith)) {
            System.out.println("[readme] not run, the machine has it: " + step.command());
        } else if (step.command().equals(STARTS_DEMO)) {
            Terminal first = inForeground(step);
            Await.until(
                    () -> "the demo invites:\n" + first.text(),
                    LIMIT,
                    () -> first.text().contains("Ctrl-C"));
        } else if (step.command().startsWith(STARTS_AGENT) && !step.command().endsWith("&")) {
            inForeground(step);
            awaitDevice();
        } else {
            inSecond(step, second);
        }
    }

    private Terminal inForeground(Step step) {
        Terminal first = terminal("first-" + terminals.size(), clone);
        first.become(step.command());
        foreground = Optional.of(first);
        return first;
    }

    private void inSecond(Step step, Terminal second) {
        int start = second.text().length();
        int wanted = step.command().contains("mosquitto_sub ") && step.command().contains(" -W ") ? TIME_IS_OVER : 0;
        assertThat(second.run(step.command()))
                .as(() -> step.command() + "\n" + second.text())
                .isEqualTo(wanted);
        // What runs in the background may print while the next command is typed; it is then expected of that.
        Await.until(
                () -> "as on the page: " + step.expected() + ", was:\n"
                        + second.text().substring(start),
                LIMIT,
                () -> Shape.has(second.text().substring(start).lines().toList(), step.expected()));
        shape.holdPids(second.text().substring(start).lines().toList(), step.expected());
    }

    private void endDemo() throws IOException {
        Terminal demo = foreground.orElseThrow();
        List<ProcessHandle> services = demo.process().descendants().toList();
        Set<Path> folders = new TreeSet<>();
        for (ProcessHandle service : services) demoFolder(service).ifPresent(folders::add);
        assertThat(folders).as("where the demo's services work").hasSize(1);

        assertThat(demo.interrupt()).isZero();

        assertThat(services).noneMatch(service -> Processes.isAlive(service.pid()));
        assertThat(folders).allSatisfy(folder -> assertThat(folder).doesNotExist());
    }

    private static Optional<Path> demoFolder(ProcessHandle service) {
        try {
            Path folder = Files.readSymbolicLink(Path.of("/proc/" + service.pid() + "/cwd"));
            return Stream.iterate(Optional.of(folder), Optional::isPresent, at -> at.map(Path::getParent))
                    .flatMap(Optional::stream)
                    .filter(at -> at.getFileName() != null
                            && at.getFileName().toString().startsWith("efka-demo-"))
                    .findFirst();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** As Debian's package starts it: on port 1883 of this machine only. */
    private void startDebiansBroker() {
        Terminal broker = terminal("broker", notes);
        broker.become("mosquitto");
        Await.until(
                () -> "Mosquitto runs:\n" + broker.text(),
                LIMIT,
                () -> Shell.run(inNetwork("mosquitto_pub", "-t", "any", "-n")).code() == 0);
    }

    private void awaitDevice() {
        Await.until(
                "the device is online",
                LIMIT,
                () -> Shell.run(inNetwork("mosquitto_sub", "-C", "1", "-W", "5", "-t", "efka/dev1/status"))
                        .out()
                        .contains("\"online\":true"));
    }

    /** Under nohup a build ignores Ctrl-C, and what it starts would do so as well. */
    private Terminal terminal(String name, Path folder) {
        Terminal terminal = Terminal.open(inNetwork("env", "--default-signal"), folder, notes, name);
        terminals.add(terminal);
        return terminal;
    }

    private List<String> inNetwork(String... command) {
        return network.orElseThrow().command(command);
    }

    private Set<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(clone)) {
            return new TreeSet<>(all.toList());
        }
    }
}
