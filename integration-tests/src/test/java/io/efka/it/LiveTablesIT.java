package io.efka.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.efka.fixtures.Await;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code top} and {@code events -f} as they are packaged, on a real terminal, with a real broker and a made-up fleet. */
class LiveTablesIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** The screen of before is back, with its cursor. */
    private static final String GIVEN_BACK = "\u001b[?25h\u001b[?1049l";

    private MadeUpFleet fleet;
    private FleetCli cli;

    @BeforeEach
    void start() {
        fleet = new MadeUpFleet();
        cli = fleet.cli();
        publishFleet();
    }

    private void publishFleet() {
        fleet.retain("efka/gate7/status", "{\"online\":true,\"services\":{\"running\":2}}");
        fleet.retain("efka/gate8/status", "{\"online\":false,\"reason\":\"lost\"}");
        fleet.retain("efka/gate7/svc/cam/status", running("A", 0));
        fleet.retain("efka/gate7/svc/door/status", running("B", 3));
        fleet.retain("efka/gate8/svc/cam/status", running("C", 0));
    }

    @AfterEach
    void stop() {
        if (fleet != null) fleet.close();
    }

    private static String running(String run, int restarts) {
        return "{\"state\":\"running\",\"ready\":true,\"pid\":4711,\"run\":\"" + run + "\",\"restarts\":" + restarts
                + ",\"since\":\"2026-11-27T10:00:00.000Z\",\"release\":\"2.0-1f3bd8a1\"}";
    }

    private void measure(String service, String run, double percent, long bytes) {
        fleet.publish(
                "efka/gate7/svc/" + service + "/metrics",
                String.format(Locale.ROOT, "{\"run\":\"%s\",\"cpu_percent\":%.1f,\"rss\":%d}", run, percent, bytes));
    }

    private static int line(List<String> lines, String text) {
        for (int i = 0; i < lines.size(); i++) if (lines.get(i).contains(text)) return i;
        return -1;
    }

    @Test
    void topDrawsSortsFiltersResizesAndGivesTheTerminalBack() {
        try (PseudoTerminal terminal = cli.onTerminal(80, 24, "top")) {
            terminal.await("1 of 2 devices online  2 running  1 unknown");
            terminal.await("1-3 of 3  by CPU%");
            measure("cam", "A", 1.5, 5 << 20);
            measure("door", "B", 97.3, 1 << 20);
            terminal.await("the busiest first", lines -> line(lines, "97.3") == 2 && line(lines, "1.5") == 3);
            assertThat(terminal.screen().get(1)).startsWith("DEVICE").contains("CPU%↓", "RESTARTS");
            assertThat(terminal.screen().get(2)).contains("gate7", "door", "running", "1.0M", "4711", "2.0-1f3bd8a1");
            assertThat(terminal.screen().get(4)).contains("gate8", "(running)").doesNotContain("4711");

            terminal.type("s");
            terminal.await("the largest first", lines -> line(lines, "5.0M") == 2);
            measure("door", "of another run", 12.0, 9 << 20);
            terminal.await(
                    "nothing measured of this run", lines -> line(lines, "door") >= 0 && line(lines, "1.0M") < 0);

            terminal.type("/(");
            terminal.await("/(_  not a regular expression: missing closing )");
            terminal.type("\u007fgate7.cam\r");
            terminal.await("1-1 of 1 (all: 3)");
            assertThat(line(terminal.screen(), "door")).isNegative();

            terminal.resize(40, 10);
            terminal.await(
                    "a small screen",
                    lines -> lines.get(1).endsWith("MEMORY↓") && lines.get(9).startsWith("1-1 of 1"));
            terminal.type("\u001b");
            terminal.await("door");
            terminal.resize(200, 50);
            terminal.await(
                    "a large screen",
                    lines -> lines.get(1).contains("WHY") && line(lines, "the device is offline") > 0);

            terminal.type("d");
            terminal.await("a table of devices", lines -> lines.get(1).contains("LOAD") && line(lines, "lost") > 0);
            terminal.type("h");
            terminal.await("this help");
            terminal.type("x");
            terminal.await("TEMP");
            terminal.type("q");

            assertThat(terminal.end()).isEqualTo("exit 0 restored");
            assertThat(terminal.raw()).contains(GIVEN_BACK).doesNotContain("WARN", "Exception");
            assertThat(terminal.screen()).allMatch(String::isEmpty);
        }
    }

    @Test
    void topFollowsWhatHappensAndGivesTheTerminalBackAtCtrlCAndAtATermination() {
        try (PseudoTerminal terminal = cli.onTerminal(80, 24, "top", "gate7", "--sort", "state");
                PseudoTerminal other = cli.onTerminal(80, 24, "top", "--color", "never")) {
            terminal.await("1-2 of 2");
            other.await("1-3 of 3");
            fleet.retain(
                    "efka/gate7/svc/door/status",
                    "{\"state\":\"backoff\",\"crash_loop\":true,\"cause\":{\"kind\":\"exit\",\"code\":3}}");
            terminal.await(
                    "trouble first",
                    lines -> lines.get(2).contains("backoff") && lines.get(0).contains("1 crash loop"));
            fleet.retain("efka/gate7/svc/door/status", "");
            terminal.await("1-1 of 1");
            fleet.retain("efka/gate7/svc/evil/status", "{\"state\":\"\\u001b[2Jevil\\n\"}");
            terminal.await("\\x1b[2J");

            terminal.type("p");
            terminal.await("PAUSED");
            fleet.retain("efka/gate7/svc/new/status", running("D", 0));
            other.await("new");
            assertThat(line(terminal.screen(), "new")).isNegative();
            terminal.type(" ");
            terminal.await("new");

            terminal.type("\u0003");
            other.terminate();

            assertThat(terminal.end()).isEqualTo("exit 130 restored");
            assertThat(other.end()).isEqualTo("exit 130 restored");
            assertThat(terminal.raw()).contains("\u001b[31mbackoff").contains(GIVEN_BACK);
            assertThat(other.raw()).doesNotContain("\u001b[32m", "\u001b[7m").contains(GIVEN_BACK);
        }
    }

    @Test
    void topSaysThatTheBrokerIsAwayAndGoesOnAfterwards() {
        try (PseudoTerminal terminal = cli.onTerminal(80, 24, "top")) {
            terminal.await("1-3 of 3");
            fleet.loseBroker();
            terminal.await("no connection to the broker, trying again");
            assertThat(line(terminal.screen(), "door")).isPositive();

            fleet.bringBrokerBack();
            publishFleet();
            terminal.await("1 of 2 devices online");
            // As an agent does it, again and again: the first ones come while top still reads what is retained.
            Await.until("the new values", SOON, () -> {
                measure("cam", "A", 42.5, 5 << 20);
                return line(terminal.screen(), "42.5") >= 0;
            });

            terminal.type("q");
            assertThat(terminal.end()).isEqualTo("exit 0 restored");
        }
    }

    @Test
    void withoutATerminalTopPrintsATable() {
        Shell.Result top = cli.efka("top");
        assertThat(top.code()).as(top.err()).isZero();
        assertThat(top.err()).isEmpty();
        assertThat(top.out()
                        .lines()
                        .map(line -> line.replaceAll(" +", " ").strip())
                        .toList())
                .hasSize(4)
                .anyMatch(line -> line.startsWith("DEVICE SERVICE STATE CPU% MEMORY UPTIME RESTARTS PID RELEASE WHY"))
                .anyMatch(line -> line.startsWith("gate7 door running") && line.contains(" 3 4711 2.0-1f3bd8a1"))
                .anyMatch(line -> line.startsWith("gate8 cam (running)") && line.endsWith("the device is offline"));
        assertThat(top.out()).doesNotContain("\u001b");
        assertThat(cli.efka("top", "--devices").out()).contains("LOAD", "lost");
        assertThat(cli.efka("top", "gate7/*", "--json").out().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(
                                JsonParser.parseString(line).getAsJsonObject().keySet())
                        .contains("device", "service", "online", "status"));
        assertThat(cli.efka("top", "nobody").code()).isEqualTo(3);
        assertThat(cli.efka("top", "--help").err()).isEmpty();
        assertThat(cli.efka("top", "-n", "2", "--interval", "1s")
                        .out()
                        .lines()
                        .filter(line -> line.startsWith("DEVICE")))
                .hasSize(2);
        for (List<String> wrong : List.of(
                List.of("top", "-n", "0"),
                List.of("top", "--interval", "1s"),
                List.of("top", "-n", "2", "--interval", "soon"),
                List.of("top", "--sort", "colour"))) {
            Shell.Result mistake = cli.efka(wrong.toArray(String[]::new));
            assertThat(mistake.code()).as(mistake.err()).isEqualTo(64);
            assertThat(mistake.err()).contains(wrong.get(wrong.size() - 1));
        }
        try (PseudoTerminal terminal = cli.onTerminal(120, 24, "top", "--plain")) {
            assertThat(terminal.end()).isEqualTo("exit 0 restored");
            assertThat(terminal.raw()).contains("gate7").doesNotContain("\u001b[?1049h");
        }
    }

    private void happens(String service, String to) {
        fleet.publish(
                "efka/gate8/svc/" + service + "/event",
                "{\"at\":\"2026-11-27T10:00:00.000Z\",\"event\":\"state\",\"from\":\"running\",\"to\":\"" + to
                        + "\",\"cause\":{\"kind\":\"exit\",\"code\":3}}");
    }

    @Test
    void eventsAreATableOnATerminalAndLinesElsewhere() {
        fleet.retain("efka/gate7/status", "{\"online\":false,\"reason\":\"lost\"}"); // so that no journal is waited for
        try (PseudoTerminal terminal = cli.onTerminal(100, 12, "events", "-f");
                PseudoTerminal plain = cli.onTerminal(100, 12, "events", "-f", "--plain");
                FleetCli.Running piped = cli.start("piped", "events", "-f")) {
            terminal.await("gate8 is offline");
            plain.await("gate8 is offline");
            Await.until("what is offline", SOON, () -> piped.said().contains("gate8 is offline"));
            for (int i = 1; i <= 20; i++) happens("s" + i, "backoff");
            terminal.await("the newest is the last", lines -> lines.get(10).contains("s20"));
            assertThat(terminal.screen().get(10))
                    .contains("11-27 10:00:00", "gate8", "running -> backoff (exited with code 3)");
            terminal.type("\u001b[5~");
            terminal.await("earlier ones", lines -> lines.get(10).contains("s12"));
            happens("s21", "failed");
            terminal.await("1 more", lines -> lines.get(11).contains("of 21"));
            assertThat(terminal.screen().get(10)).contains("s12");
            terminal.type("\u001b[F");
            terminal.await("the newest again", lines -> lines.get(10).contains("s21"));
            terminal.type("/failed\r");
            terminal.await("1-1 of 1 (all: 21)");
            terminal.type("q");
            assertThat(terminal.end()).endsWith("exit 0 restored");

            plain.await("gate8/s21  running -> failed (exited with code 3)");
            assertThat(plain.raw()).doesNotContain("\u001b[?1049h");
            plain.type("\u0003");
            assertThat(plain.end()).endsWith("exit 0 restored");
            Await.until("all lines", SOON, () -> piped.lines().size() == 21);
            assertThat(piped.interrupt()).isZero();
        }
    }
}
