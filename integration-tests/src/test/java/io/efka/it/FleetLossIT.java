package io.efka.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands that go on while the broker and the agents are killed under them. */
class FleetLossIT {
    private static final Duration SOON = Duration.ofSeconds(90);

    private Gates gates;
    private TestBroker broker;
    private FleetCli cli;
    private Device gate7;
    private Device gate8;

    @BeforeEach
    void start() {
        gates = Gates.start(Brokers.start());
        broker = gates.broker();
        cli = gates.cli();
        gate7 = gates.gate7();
        gate8 = gates.gate8();
    }

    @AfterEach
    void stop() {
        if (gates != null) gates.close();
    }

    @Test
    void followedLogsSurviveTheBrokerAndTheAgentWithoutAGapOrADoubleLine() {
        gate7.run(Bundle.script("count", "i=0", "while sleep 0.01; do i=$((i + 1)); echo \"line $i\"; done"));
        try (FleetCli.Running follow = cli.start("follow", "logs", "gate7/count", "-f", "-n", "10000")) {
            awaitLines(follow, 100);
            broker.kill();
            broker.start();
            awaitLines(follow, follow.lines().size() + 100);
            gate7.agent().kill();
            gate7.forgetSession();
            gate7.launch("--groups", "berlin");
            awaitLines(follow, follow.lines().size() + 100);
            broker.kill();
            gate7.agent().kill();
            broker.start();
            gate7.launch("--groups", "berlin");
            awaitLines(follow, follow.lines().size() + 200);

            assertThat(follow.interrupt()).as(follow.said()).isZero();
            List<String> lines = follow.lines();
            assertThat(lines)
                    .as(follow.said())
                    .isEqualTo(IntStream.rangeClosed(1, lines.size())
                            .mapToObj(i -> "line " + i)
                            .toList());
        }
        gate7.watchAgain();
        gate8.watchAgain();
        Await.until("gate7 answers", SOON, () -> cli.efka("stop", "gate7/count").code() != 75);
    }

    private static void awaitLines(FleetCli.Running follow, int count) {
        Await.until(
                () -> count + " lines; " + follow.lines().size() + " came; " + follow.said(),
                SOON,
                () -> follow.lines().size() >= count);
    }

    @Test
    void eventsTellsWhatHappenedAndWhatHappens() {
        gate7.run(Bundle.script("crash", "sleep 0.2", "exit 3"));
        Await.until(
                "a crash", SOON, () -> cli.efka("events", "gate7/crash").out().contains("exited with code 3"));
        assertThat(cli.efka("events", "gate8/crash").out()).isEmpty();
        assertThat(cli.efka("events", "nobody").code()).isEqualTo(3);
        try (FleetCli.Running follow = cli.start("events", "events", "gate*/*", "-f", "--since", "1h", "--json")) {
            Await.until("the journal", SOON, () -> !follow.lines().isEmpty());
            broker.kill();
            broker.start();
            gate7.watchAgain();
            gate8.watchAgain();
            Await.until(
                    "gate7 answers",
                    SOON,
                    () -> cli.efka("remove", "gate7/crash").code() == 0);
            Await.until("the removal", SOON, () -> follow.lines().stream().anyMatch(line -> line.contains("removed")));

            assertThat(follow.interrupt()).as(follow.said()).isZero();
            assertThat(follow.lines()).doesNotHaveDuplicates();
        }
    }
}
