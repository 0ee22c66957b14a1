package io.efka.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** {@code efka desired} and {@code efka diff} as they are packaged, with real agents and a stock Mosquitto. Each test has a document of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DesiredCommandsIT {
    private Gates gates;
    private Path home;
    private FleetCli cli;
    private Device gate7;
    private Device gate8;

    @BeforeAll
    void start() {
        gates = Gates.start(Brokers.stock());
        home = gates.home();
        cli = gates.cli();
        gate7 = gates.gate7();
        gate8 = gates.gate8();
    }

    @AfterAll
    void stop() {
        if (gates != null) gates.close();
    }

    private String file(String name, String json) {
        try {
            return Files.writeString(home.resolve(name), json).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A document with one service, whose release runs on all devices but one. */
    private static String document(String service, String release, String bad) {
        JsonObject entry = Bundle.script(
                        service, "case $EFKA_DEVICE in " + bad + ") echo broken >&2; exit 3;; esac", "exec sleep 1000")
                .with("release", '"' + release + '"')
                .json();
        entry.addProperty("min_healthy", "300ms");
        entry.addProperty("healthy_deadline", "20s");
        return "{\"services\":{\"" + service + "\":" + entry + "}}";
    }

    private Shell.Result succeeds(String... arguments) {
        Shell.Result result = cli.efka(arguments);
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        return result;
    }

    private Shell.Result endsWith(int code, String... arguments) {
        Shell.Result result = cli.efka(arguments);
        assertThat(result.code()).as(result.out() + result.err()).isEqualTo(code);
        return result;
    }

    @Test
    void aDocumentIsPutReadChangedAndRemoved() {
        endsWith(3, "desired", "get", "@all/life");
        String first = file("life.json", document("life", "1", "nobody"));

        assertThat(endsWith(1, "desired", "put", "@all/life", "-f", first, "--plan")
                        .out())
                .contains("+ services.life", "+ revision  1");
        Shell.Result put = succeeds("desired", "put", "@all/life", "-f", first, "--wait");
        assertThat(put.out().lines().sorted()).containsExactly("gate7  done", "gate8  done");
        assertThat(put.err()).contains("@all/life is revision 1 now, for 2 devices", "2 of 2 done");
        assertThat(succeeds("desired", "put", "@all/life", "-f", first).err()).contains("unchanged, revision 1");
        assertThat(succeeds("desired", "ls", "@all").out()).containsPattern("@all/life +1 +life +2 done");

        String got = succeeds("desired", "get", "@all/life").out();
        assertThat(JsonParser.parseString(got).getAsJsonObject().get("revision").getAsInt())
                .isEqualTo(1);
        String changed = file("changed.json", got.replace("\"release\":\"1\"", "\"release\":\"2\""));
        assertThat(endsWith(1, "diff", "gate7", "-f", changed).out())
                .contains("gate7  (the device says so)", "~ life  release 1-");
        assertThat(succeeds("desired", "put", "@all/life", "-f", changed, "--wait")
                        .err())
                .contains("revision 2 now");
        assertThat(endsWith(64, "desired", "rm", "@all/life").err()).contains("say --yes");
        String removal = file("removal.json", "{\"removed\":true}");
        assertThat(endsWith(64, "desired", "put", "@all/life", "-f", removal).err())
                .contains("remove all services", "--yes");
        succeeds("desired", "put", "@all/life", "-f", removal, "--wait", "--yes");
        assertThat(succeeds("desired", "rm", "@all/life", "--yes").err()).contains("was revision 3");
        String report = gate7.topic("reported/life");
        gate7.watcher()
                .await("the report is cleared", seen -> seen.topic().equals(report) && seen.payload().length == 0);
        endsWith(3, "desired", "get", "@all/life");
    }

    @Test
    void anotherOperatorsChangeIsNotOverwritten() {
        String base = file("base.json", document("both", "1", "nobody"));
        succeeds("desired", "put", "gate7/both", "-f", base, "--wait");
        String old = file("old.json", succeeds("desired", "get", "gate7/both").out());
        succeeds("desired", "put", "gate7/both", "-f", file("new.json", document("both", "2", "nobody")), "--wait");

        assertThat(endsWith(64, "desired", "put", "gate7/both", "-f", old).err())
                .contains("revision must be above 2", "--revision 3");
        succeeds("desired", "put", "gate7/both", "-f", old, "--revision", "9", "--wait");

        assertThat(succeeds("desired", "rm", "gate7/both", "--yes").err())
                .contains("nothing was removed from gate7: it keeps what runs");
        assertThat(gate7.ask("both", "status", "").get("state").getAsString()).isEqualTo("running");
        assertThat(succeeds("desired", "put", "gate7/both", "-f", base).err())
                .as("the device knows the revision that the broker has lost")
                .contains("is revision 10 now");
    }

    @Test
    void aDeviceThatCannotSaysWhyAndOneThatIsOfflineIsNamed() {
        Shell.Result put = endsWith(
                1, "desired", "put", "@berlin/bad", "-f", file("bad.json", document("bad", "1", "gate8")), "--wait");

        assertThat(put.out())
                .contains("gate7  done", "gate8  rolled_back: no_previous_release: bad: release 1 was not healthy");
        assertThat(put.err()).contains("1 of 2 done, 1 failed");
        Shell.Result diff = endsWith(1, "diff", "*/bad");
        assertThat(diff.out()).contains("gate8", "rolled back there").doesNotContain("gate7");

        gate8.agent().terminate();
        try {
            Shell.Result away = endsWith(
                    75,
                    "desired",
                    "put",
                    "@berlin/bad",
                    "-f",
                    file("good.json", document("bad", "2", "nobody")),
                    "--wait");
            assertThat(away.err()).contains("offline, will find it when they are back: gate8");
            Shell.Result offline = endsWith(1, "diff", "gate8");
            assertThat(offline.out()).contains("gate8  (offline: by what is retained)", "+ bad");
        } finally {
            Gates.restart(gate8);
        }
        gate8.awaitState("bad", "running");
    }

    @Test
    void mistakesAreFoundBeforeAnythingIsSent() {
        assertThat(endsWith(
                                64,
                                "desired",
                                "put",
                                "@all/x",
                                "-f",
                                file("x.json", "{\"services\":{\"a\":{\"relase\":\"1\"}}}"))
                        .err())
                .contains("x.json: services.a.relase", "did you mean \"release\"?");
        endsWith(66, "desired", "put", "@all/x", "-f", "nowhere.json");
        endsWith(64, "desired", "get", "base");
        endsWith(64, "desired", "put", "@all/x");
        endsWith(64, "diff", "-f", file("y.json", "[]"));
        endsWith(3, "diff", "gate9");
        assertThat(endsWith(64, "events", "-f", "--since", "1x").err()).contains("--since: must be how long ago", "1x");
        assertThat(endsWith(64, "logs", "gate7/cam", "--until", "noon").err()).contains("--until: must be", "noon");
        endsWith(3, "desired", "rm", "@all/x", "--yes");
    }

    @Test
    void aDocumentThatIsNoJsonIsNamedAndLeftOut() {
        String topic = "efka/gate7/desired/garbage";
        gate7.watcher().publish(topic, "garbage".getBytes(StandardCharsets.UTF_8), true, new MqttProperties());
        try {
            assertThat(cli.efka("diff", "gate7").err()).contains("gate7/garbage is no JSON object, and is left out");
        } finally {
            gate7.watcher().publish(topic, new byte[0], true, new MqttProperties());
        }
    }

    @Test
    void whatARolloutSteersIsLeftToIt() {
        String plan =
                "{\"v\":1,\"revision\":5,\"services\":{},\"candidate\":{\"share\":10,\"salt\":\"s\",\"services\":{},"
                        + "\"plan\":{\"v\":99,\"state\":\"running\"}}}";
        gate7.watcher()
                .publish(
                        "efka/group/all/desired/steered",
                        plan.getBytes(StandardCharsets.UTF_8),
                        true,
                        new MqttProperties());

        assertThat(endsWith(75, "desired", "put", "@all/steered", "-f", file("s.json", "{\"services\":{}}"))
                        .err())
                .contains("nothing was changed", "a rollout");
        assertThat(endsWith(75, "desired", "rm", "@all/steered", "--yes").err()).contains("efka rollout promote");
    }
}
