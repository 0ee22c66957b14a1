package io.efka.it.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.Processes;
import io.efka.it.readme.ReadmePage.Block;
import io.efka.it.readme.ReadmePage.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The story of the page on operating a fleet, from top to bottom, with six real agents: every block is run as it stands and
 * prints what the page shows; at the end nothing is left.
 */
final class OperatingIT {
    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
    private static final String STORY = "From the first device to a rollout gone wrong";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** How mosquitto_sub says that it ended because of its -W. */
    private static final int TIME_IS_OVER = 27;

    private final Path top = Folders.create("operating");
    private final Path clone = top.resolve("efka");
    private final Path notes = top.resolve("notes");
    private final Path home = top.resolve("home");
    private final List<Terminal> terminals = new ArrayList<>();
    private OwnNetwork network;

    @BeforeEach
    void prepare() throws IOException {
        network = OwnNetwork.open();
        for (Path folder : List.of(clone, notes, home)) Files.createDirectory(folder);
        for (String name : List.of("agent", "docker")) Files.createSymbolicLink(clone.resolve(name), TOP.resolve(name));
        terminal("broker", notes).become("mosquitto");
        Await.until(
                "Mosquitto runs",
                LIMIT,
                () -> network.run("mosquitto_pub", "-t", "any", "-n").code() == 0);
    }

    @AfterEach
    void end() {
        terminals.forEach(Terminal::close);
        Processes.below(top).forEach(ProcessHandle::destroyForcibly);
        if (network != null) network.close();
        Folders.delete(top);
    }

    @Test
    void everyBlockOfTheStoryDoesWhatThePageSaysAndNothingIsLeft() throws IOException {
        Terminal operator = terminal("operator", clone);
        String page = Files.readString(TOP.resolve("agent/docs/operating.md"));
        List<Block> story = ReadmePage.blocks(page).stream()
                .filter(block -> block.section().equals(STORY))
                .toList();
        assertThat(story)
                .hasSizeGreaterThan(8)
                .allMatch(block -> List.of("sh", "console").contains(block.language()));

        for (Block block : story) {
            for (Step step : block.steps()) run(step, operator);
        }

        operator.close();
        Await.until(
                () -> "no process is left: " + Processes.below(clone),
                LIMIT,
                () -> Processes.below(clone).isEmpty());
        try (Stream<Path> left = Files.list(clone)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("agent", "docker");
        }
        assertThat(network.run("mosquitto_sub", "-t", "efka/#", "--retained-only", "-W", "1")
                        .out())
                .as("retained messages")
                .isEmpty();
    }

    private static void run(Step step, Terminal operator) {
        int start = operator.text().length();
        int wanted = step.command().contains("mosquitto_sub ") && step.command().contains(" -W ") ? TIME_IS_OVER : 0;
        assertThat(operator.run(step.command()))
                .as(() -> step.command() + "\n" + operator.text().substring(start))
                .isEqualTo(wanted);
        List<String> printed = operator.text().substring(start).lines().toList();
        assertThat(Shape.has(printed, step.expected()))
                .as(() -> step.command() + "\nas on the page:\n" + String.join("\n", step.expected()) + "\nwas:\n"
                        + String.join("\n", printed))
                .isTrue();
    }

    private Terminal terminal(String name, Path folder) {
        Terminal terminal = Terminal.open(
                network.command("env", "--default-signal", "HOME=" + home, "XDG_CONFIG_HOME=" + home.resolve("config")),
                folder,
                notes,
                name);
        terminals.add(terminal);
        return terminal;
    }
}
