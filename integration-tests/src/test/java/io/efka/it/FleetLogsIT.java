package io.efka.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The output of many services in the order in which it was written, and what {@code ls -w} says of changes. */
class FleetLogsIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int TURNS = 12;

    private Gates gates;
    private Path home;
    private FleetCli cli;
    private Device gate7;
    private Device gate8;

    @BeforeEach
    void start() {
        gates = Gates.start(Brokers.start());
        home = gates.home();
        cli = gates.cli();
        gate7 = gates.gate7();
        gate8 = gates.gate8();
    }

    @AfterEach
    void stop() {
        if (gates != null) gates.close();
    }

    /** Writes every second line, in turn with another that writes the others, more than half a second apart. */
    private static Bundle inTurn(int turn, Path turns) {
        return Bundle.script(
                "turn",
                "while n=$(wc -l < " + turns + "); [ \"$n\" -lt " + TURNS + " ]; do",
                "if [ $((n % 2)) -eq " + turn + " ]; then echo \"line $n\"; sleep 0.6; echo >> " + turns,
                "else sleep 0.05; fi",
                "done",
                "while [ ! -e " + turns + ".again ]; do sleep 0.1; done",
                "echo again",
                "exec sleep 600");
    }

    private Path turns() {
        return home.resolve("turns");
    }

    private void writeInTurn() throws IOException {
        Path turns = Files.createFile(turns());
        gate7.run(inTurn(0, turns));
        gate8.run(inTurn(1, turns));
        Await.until("all turns", SOON, () -> lineCount(turns) == TURNS);
    }

    private static long lineCount(Path file) {
        try {
            return Files.readAllLines(file).size();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> prefixed() {
        return IntStream.range(0, TURNS)
                .mapToObj(i -> "gate" + (7 + i % 2) + "/turn | line " + i)
                .toList();
    }

    @Test
    void whatTwoDevicesWroteInTurnIsShownInThatOrder() throws IOException {
        writeInTurn();

        assertThat(cli.efka("logs", "gate*/turn", "-n", "50").out().lines()).containsExactlyElementsOf(prefixed());
        assertThat(cli.efka("logs", "@berlin/turn", "--since", "1h").out().lines())
                .containsExactlyElementsOf(prefixed());
        assertThat(cli.efka("logs", "gate8/turn", "gate7/turn", "--grep", "[13579]$|4$")
                        .out()
                        .lines())
                .containsExactly(
                        prefixed().get(1),
                        prefixed().get(3),
                        prefixed().get(4),
                        prefixed().get(5),
                        prefixed().get(7),
                        prefixed().get(9),
                        prefixed().get(11));
        assertThat(cli.efka("logs", "gate*/turn", "-n", "2").out().lines())
                .containsExactlyElementsOf(prefixed().subList(TURNS - 4, TURNS));
        assertThat(cli.efka("logs", "gate*/turn", "--time", "-n", "1").out().lines())
                .allSatisfy(line -> assertThat(line)
                        .matches("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z gate\\d/turn \\| line \\d+"));
        List<Instant> times = cli.efka("logs", "gate*/turn", "--json")
                .out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .map(line -> Instant.parse(line.get("at").getAsString()))
                .toList();
        assertThat(times).hasSize(TURNS).isSorted();
        for (int i = 1; i < TURNS; i++) {
            assertThat(Duration.between(times.get(i - 1), times.get(i)))
                    .isBetween(Duration.ofMillis(500), Duration.ofSeconds(5));
        }
    }

    @Test
    void whatIsKeptComesInOrderBeforeWhatComesThen() throws IOException {
        writeInTurn();
        try (FleetCli.Running follow = cli.start("follow", "logs", "gate*/turn", "-f", "-n", "50")) {
            Await.until("the kept lines", SOON, () -> follow.lines().size() == TURNS);
            Files.createFile(Path.of(turns() + ".again"));
            Await.until("a new line of each", SOON, () -> follow.lines().size() == TURNS + 2);

            assertThat(follow.interrupt()).as(follow.said()).isZero();
            assertThat(follow.lines()).startsWith(prefixed().toArray(String[]::new));
            assertThat(follow.lines().subList(TURNS, TURNS + 2))
                    .containsExactlyInAnyOrder("gate7/turn | again", "gate8/turn | again");
        }
    }

    @Test
    void bothStreamsOfAServiceAreShownInOrder() {
        gate7.run(Bundle.script(
                "talk",
                "for i in 1 2 3 4; do echo \"out $i\"; sleep 0.6; echo \"err $i\" >&2; sleep 0.6; done",
                "echo end",
                "exec sleep 600"));
        gate7.awaitOutput("talk", "end");

        Shell.Result both = cli.efka("logs", "gate7/talk", "--both");

        assertThat(both.out().lines())
                .as(both.err())
                .startsWith("gate7/talk | out 1", "gate7/talk ! err 1", "gate7/talk | out 2", "gate7/talk ! err 2")
                .endsWith("gate7/talk ! err 4", "gate7/talk | end");
        assertThat(cli.efka("logs", "gate7/talk", "--both", "--stderr").code()).isEqualTo(64);
    }

    @Test
    void watchedListsSayWhatIsGone() {
        gate7.run(Bundle.sleeper("cam"));
        gate8.run(Bundle.sleeper("cam"));
        try (FleetCli.Running watch = cli.start("watch", "ls", "-w");
                FleetCli.Running json = cli.start("json", "ls", "-w", "--json", "gate8/*")) {
            Await.until("the list", SOON, () -> watch.lines().size() == 5);
            Await.until("the list", SOON, () -> json.lines().size() == 1);
            Device.ok(gate7.ask("cam", "stop", ""));
            awaitLine(watch, "gate7/cam +stopped.*");
            Device.ok(gate8.ask("cam", "remove", ""));
            awaitLine(watch, "gate8/cam +- gone +removed");
            Await.until(
                    "the removal",
                    SOON,
                    () -> json.lines().stream()
                            .map(line -> JsonParser.parseString(line).getAsJsonObject())
                            .anyMatch(FleetLogsIT::isGone));
            cli.efka("send", "gate8", "shutdown", "{\"forget\":true}");
            awaitLine(watch, "gate8 +- gone +removed");

            assertThat(watch.interrupt()).isZero();
            assertThat(json.interrupt()).isZero();
            assertThat(watch.lines().stream().filter(line -> line.startsWith("NAME")))
                    .as(watch.lines().toString())
                    .hasSize(1);
        }
    }

    private static boolean isGone(JsonObject line) {
        return line.has("gone")
                && line.get("gone").getAsBoolean()
                && line.get("status").isJsonNull()
                && line.get("service").getAsString().equals("cam");
    }

    private static void awaitLine(FleetCli.Running watch, String pattern) {
        Await.until(
                () -> pattern + "; " + watch.lines() + watch.said(),
                SOON,
                () -> watch.lines().stream().anyMatch(line -> line.matches(pattern)));
    }
}
