package io.efka.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The operator's command line as it is packaged, with real agents and a real broker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FleetIT {
    private static final Duration SOON = Duration.ofSeconds(90);

    private Gates gates;
    private TestBroker broker;
    private Path home;
    private FleetCli cli;
    private Device gate7;
    private Device gate8;

    @BeforeAll
    void start() {
        gates = Gates.start(Brokers.start());
        broker = gates.broker();
        home = gates.home();
        cli = gates.cli();
        gate7 = gates.gate7();
        gate8 = gates.gate8();
    }

    @AfterAll
    void stop() {
        if (gates != null) gates.close();
    }

    @BeforeEach
    void leaveOnlyCam() {
        gates.leaveOnlyCam();
    }

    private void awaitBoth(String state) {
        gate7.awaitState("cam", state);
        gate8.awaitState("cam", state);
    }

    @Test
    void lsListsWhatIsThere() {
        gate8.install(Bundle.sleeper("door"));
        gate8.awaitState("door", "stopped");

        Shell.Result all = cli.efka("ls");
        assertThat(all.code()).as(all.err()).isZero();
        assertThat(all.out().lines().map(line -> line.replaceAll(" .*", "")))
                .containsExactly("NAME", "gate7", "gate7/cam", "gate8", "gate8/cam", "gate8/door");
        assertThat(all.out()).doesNotContain("\u001b");

        assertThat(cli.efka("ls", "@berlin/d*").out()).contains("gate8/door").doesNotContain("gate7", "cam");
        assertThat(cli.efka("ls", "--state", "stopped").out())
                .contains("gate8/door")
                .doesNotContain("cam");
        assertThat(cli.efka("ls", "gate7", "-o", "wide").out()).contains("HOST", "gate7/cam");
        List<String> json = cli.efka("ls", "--json").out().lines().toList();
        assertThat(json)
                .hasSize(5)
                .allSatisfy(line -> assertThat(
                                JsonParser.parseString(line).getAsJsonObject().keySet())
                        .contains("device", "online", "status"));
        assertThat(cli.efka("ls", "gate7", "--color", "always").out()).contains("\u001b[32m");

        Shell.Result nothing = cli.efka("ls", "gate9");
        assertThat(nothing.code()).isEqualTo(3);
        assertThat(nothing.err()).contains("no device matches");
    }

    @Test
    void lsNamesWhatIsOffline() {
        gate8.agent().terminate();
        try {
            Shell.Result offline = cli.efka("ls", "--offline");

            assertThat(offline.out()).contains("gate8", "shutdown").doesNotContain("gate7");
        } finally {
            Gates.restart(gate8);
        }
    }

    @Test
    void lsGoesOnWithEachChange() {
        try (FleetCli.Running watch = cli.start("watch", "ls", "-w")) {
            Await.until("the list", SOON, () -> watch.lines().size() == 5);
            Device.ok(gate7.ask("cam", "stop", ""));
            Await.until(
                    "the change",
                    SOON,
                    () -> watch.lines().stream()
                            .anyMatch(line -> line.startsWith("gate7/cam") && line.contains("stopped")));
            assertThat(watch.interrupt()).isZero();
        }
    }

    @Test
    void verbsGoToAllTargetsAndSayWhatBecameOfEach() {
        Shell.Result stop = cli.efka("stop", "@berlin/cam", "--yes");
        assertThat(stop.code()).as(stop.err()).isZero();
        assertThat(stop.out().lines().sorted())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("gate7/cam  stopped"),
                        line -> assertThat(line).startsWith("gate8/cam  stopped"));
        assertThat(stop.err()).contains("2 of 2 done");
        awaitBoth("stopped");

        Shell.Result again = cli.efka("stop", "gate*/cam", "--yes");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.out()).contains("not_running");

        Shell.Result start = cli.efka("start", "gate7/cam,gate8/cam", "--json");
        assertThat(start.code()).isZero();
        assertThat(start.out().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(JsonParser.parseString(line)
                                .getAsJsonObject()
                                .get("ok")
                                .getAsBoolean())
                        .isTrue());
        awaitBoth("running");
        assertThat(cli.efka("restart", "gate7/cam").code()).isZero();
        assertThat(cli.efka("disable", "*/cam").code()).isZero();
        assertThat(cli.efka("enable", "*/cam").code()).isZero();
        assertThat(cli.efka("reset", "*/cam").code()).isZero();
        assertThat(cli.efka("remove", "gate8/cam").code()).isZero();
        Shell.Result gone = cli.efka("start", "gate8/cam");
        assertThat(gone.code()).isEqualTo(1);
        assertThat(gone.out()).contains("gate8/cam  ");
    }

    @Test
    void whatConcernsManyIsAskedForAndNothingIsDoneWithoutAnAnswer() {
        Shell.Result stop = cli.efka("stop", "@berlin/*");

        assertThat(stop.code()).isEqualTo(64);
        assertThat(stop.err()).contains("stop 2 services on 2 devices", "--yes");
        assertThat(cli.efka("ls", "--state", "running").out()).contains("gate7/cam", "gate8/cam");
    }

    @Test
    void offlineDevicesAreNamedAndTheRestIsDone() {
        gate8.agent().terminate();
        try {
            Shell.Result restart = cli.efka("restart", "@berlin/cam", "--yes");

            assertThat(restart.code()).as(restart.err()).isEqualTo(75);
            assertThat(restart.out()).contains("gate7/cam  running");
            assertThat(restart.err()).contains("offline, nothing was sent: gate8/cam", "1 of 2 done");
            assertThat(cli.efka("restart", "gate9/cam").code()).isEqualTo(3);
        } finally {
            Gates.restart(gate8);
        }
    }

    @Test
    void aDeviceThatDoesNotAnswerIsNamed() {
        Shell.run("kill", "-STOP", String.valueOf(gate8.agent().pid())).ok();
        try {
            Shell.Result restart = cli.efka("restart", "@berlin/cam", "--yes", "--timeout", "3s");

            assertThat(restart.code()).as(restart.err()).isEqualTo(75);
            assertThat(restart.err()).contains("no answer within 3 s: gate8/cam");
        } finally {
            Shell.run("kill", "-CONT", String.valueOf(gate8.agent().pid())).ok();
        }
    }

    @Test
    void anInterruptNamesWhatHasNotAnswered() {
        Shell.run("kill", "-STOP", String.valueOf(gate8.agent().pid())).ok();
        try (FleetCli.Running restart = cli.start("restart", "restart", "@berlin/cam", "--yes")) {
            Await.until("one has answered", SOON, () -> !restart.lines().isEmpty());

            assertThat(restart.interrupt()).isEqualTo(130);
            assertThat(restart.said()).contains("not answered yet: gate8/cam");
        } finally {
            Shell.run("kill", "-CONT", String.valueOf(gate8.agent().pid())).ok();
        }
    }

    @Test
    void sendTakesAnyCommand() {
        Shell.Result ping = cli.efka("send", "@berlin", "ping");
        assertThat(ping.code()).as(ping.err()).isZero();
        assertThat(ping.out()).contains("gate7  {\"pong\":true", "gate8  {\"pong\":true");

        assertThat(cli.efka("send", "gate7/cam", "signal", "{\"signal\":\"HUP\"}")
                        .code())
                .isZero();
        assertThat(cli.efka("send", "gate7", "frobnicate").code()).isEqualTo(1);
        assertThat(cli.efka("send", "gate7", "ping", "[1]").code()).isEqualTo(64);
        assertThat(cli.efka("send", "gate7,gate8/cam", "ping").code()).isEqualTo(64);
    }

    @Test
    void mistakesAreToldWithWhatWouldBeRight() {
        for (String[] wrong : new String[][] {
            {"restart", "gate7"},
            {"restart"},
            {"ls", "gate 7"},
            {"ls", "--color", "sometimes"},
            {"logs", "gate7/cam", "--grep", "("},
            {"restart", "gate7/cam", "--timeout", "soon"},
        }) {
            Shell.Result mistake = cli.efka(wrong);
            assertThat(mistake.code()).as(List.of(wrong) + mistake.err()).isEqualTo(64);
            assertThat(mistake.err()).contains("efka: ");
        }
    }

    @Test
    void withoutABrokerItSaysSo() {
        var nowhere = new FleetCli(home, "--broker", "tcp://127.0.0.1:" + Brokers.freePort());

        Shell.Result ls = nowhere.efka("ls");

        assertThat(ls.code()).isEqualTo(69);
        assertThat(ls.err()).contains("no connection to tcp://127.0.0.1");
    }

    @Test
    void aContextStandsInForTheOptions() throws IOException {
        Path own = Files.createDirectory(home.resolve("with-context"));
        var plain = new FleetCli(own);
        assertThat(new FleetCli(own, "--broker", broker.uri())
                        .efka("context", "add", "lab")
                        .code())
                .isZero();
        assertThat(plain.efka("context", "ls").out()).contains("* lab", broker.uri());

        assertThat(plain.efka("ls", "gate7").out()).contains("gate7/cam");
        assertThat(plain.efka("ls", "--context", "lap").err()).contains("there is no context \"lap\"");
        assertThat(Files.exists(own.resolve("efka/cli.json"))).isTrue();
    }

    @Test
    void logsShowsTheOutputOfMany() {
        gate7.run(Bundle.script("count", "for i in 1 2 3 4 5; do echo \"line $i\"; done", "exec sleep 600"));
        gate8.run(Bundle.script("count", "echo \"line 1\"", "printf '\\033]0;evil\\007'", "exec sleep 600"));
        gate7.awaitOutput("count", "line 5");
        gate8.awaitOutput("count", "evil");

        Shell.Result one = cli.efka("logs", "gate7/count", "-n", "2");
        assertThat(one.code()).as(one.err()).isZero();
        assertThat(one.out()).isEqualTo("line 4\nline 5\n");
        assertThat(cli.efka("logs", "*/count").out().lines()).contains("gate7/count | line 5", "gate8/count | line 1");
        assertThat(cli.efka("logs", "@berlin/count", "--grep", "[24]$").out().lines())
                .containsExactly("gate7/count | line 2", "gate7/count | line 4");
        assertThat(cli.efka("logs", "gate7/nothing*").code()).isEqualTo(3);
        String json = cli.efka("logs", "gate7/count", "-n", "1", "--json").out();
        assertThat(JsonParser.parseString(json).getAsJsonObject().get("text").getAsString())
                .isEqualTo("line 5");
    }

    @Test
    void whatTheBrokerRefusesIsSaid() throws Exception {
        Path rights = home.resolve("acl");
        Files.writeString(rights, "topic read efka/+/status\ntopic read efka/+/svc/+/status\n");
        try (TestBroker strict = Brokers.stock("acl_file " + rights)) {
            var restricted = new FleetCli(home, "--broker", strict.uri());

            Shell.Result ls = restricted.efka("ls");

            assertThat(ls.code()).as(ls.err()).isIn(3, 77);
        }
        Files.writeString(rights, "topic readwrite efka/#\ntopic deny efka/+/svc/+/cmd/+\n");
        try (TestBroker strict = Brokers.stock("acl_file " + rights);
                var eye = new Watcher(strict, "efka/x")) {
            eye.publish(
                    "efka/gate9/status",
                    "{\"online\":true}".getBytes(StandardCharsets.UTF_8),
                    true,
                    new MqttProperties());
            var restricted = new FleetCli(home, "--broker", strict.uri());

            Shell.Result restart = restricted.efka("restart", "gate9/cam");

            assertThat(restart.code()).as(restart.err()).isEqualTo(77);
            assertThat(restart.err()).contains("the command to gate9/cam was not sent");
        }
    }

    @Test
    void logsEndWhenNobodyReadsThemAnyMore() {
        gate7.run(Bundle.script("count", "i=0", "while sleep 0.05; do i=$((i + 1)); echo \"line $i\"; done"));

        Shell.Result head = cli.piped("head -n 3", "logs", "gate7/count", "-f");

        assertThat(head.out().lines()).hasSize(3);
    }
}
