package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What every command does, as an operator sees it who has nothing but the broker. */
@Tag("whole-jar")
class CommandsIT {
    @RegisterExtension
    static final SharedDevice SHARED = new SharedDevice("commands");

    private final Device device = SHARED.device();

    @Nested
    class OfAService {
        @Test
        void startAnswersWhenTheProcessRunsAndRefusesASecondOne() {
            device.install(Bundle.sleeper("started"));
            JsonObject reply = ok(device.ask("started", "start", ""));

            assertThat(reply.get("state").getAsString()).isEqualTo("running");
            assertThat(Processes.isAlive(reply.get("pid").getAsLong())).isTrue();
            assertThat(reply.get("took_ms").getAsLong()).isBetween(0L, 20_000L);
            assertThat(reply.get("device").getAsString()).isEqualTo("commands");
            assertThat(reply.get("service").getAsString()).isEqualTo("started");
            assertThat(reply.get("command").getAsString()).isEqualTo("start");
            assertThat(device.awaitState("started", "running").get("desired").getAsString())
                    .isEqualTo("running");
            assertThat(code(device.ask("started", "start", ""))).isEqualTo("already_running");
        }

        @Test
        void stopAnswersWhenTheWholeTreeIsGoneAndRefusesASecondOne() {
            device.run(Bundle.script("stopped", "sleep 600 &", "exec sleep 600"));
            ok(device.ask("stopped", "stop", ""));

            assertThat(Processes.below(device.data().resolve("services/stopped")))
                    .isEmpty();
            assertThat(device.awaitState("stopped", "stopped").get("desired").getAsString())
                    .isEqualTo("stopped");
            assertThat(code(device.ask("stopped", "stop", ""))).isEqualTo("not_running");
        }

        @Test
        void restartMakesANewProcessAlsoOfAStoppedService() {
            long first = device.run(Bundle.sleeper("restarted")).get("pid").getAsLong();
            long second = ok(device.ask("restarted", "restart", "")).get("pid").getAsLong();

            assertThat(second).isNotEqualTo(first);
            assertThat(Processes.isAlive(first)).isFalse();
            ok(device.ask("restarted", "stop", ""));
            assertThat(ok(device.ask("restarted", "restart", "")).get("state").getAsString())
                    .isEqualTo("running");
        }

        @Test
        void statusIsTheRetainedDocument() {
            device.run(Bundle.sleeper("asked"));
            JsonObject shown = ok(device.ask("asked", "status", "")).getAsJsonObject("status");

            assertThat(shown.get("v").getAsInt()).isEqualTo(1);
            assertThat(shown.get("ready").getAsBoolean()).isTrue();
            device.awaitStatus("asked", shown::equals);
        }

        @Test
        void disableAndEnableChangeAutostartOnly() {
            device.run(Bundle.sleeper("manual"));
            ok(device.ask("manual", "disable", ""));
            assertThat(device.awaitStatus("manual", s -> !s.get("autostart").getAsBoolean())
                            .get("state")
                            .getAsString())
                    .isEqualTo("running");
            ok(device.ask("manual", "enable", ""));
            device.awaitStatus("manual", s -> s.get("autostart").getAsBoolean());
        }

        @Test
        void resetForgetsFailuresAndTriesAgain() {
            var failing = Bundle.script("failing", "sleep 0.2", "exit 3")
                    .with("restart", "{\"limit\":1,\"window\":\"10m\",\"delay\":\"10ms\",\"max_delay\":\"10ms\"}");
            device.run(failing);
            JsonObject failed = device.awaitState("failing", "failed");
            assertThat(failed.getAsJsonObject("cause").get("kind").getAsString())
                    .isEqualTo("limit");
            assertThat(failed.getAsJsonObject("last_exit").get("code").getAsInt())
                    .isEqualTo(3);

            ok(device.ask("failing", "reset", ""));
            device.awaitStatus(
                    "failing",
                    s -> s.get("state").getAsString().equals("failed")
                            && !s.get("last_exit").equals(failed.get("last_exit")));
        }

        @Test
        void signalReachesTheProcess() {
            // Not HUP: started under nohup, all of this would inherit that it is ignored.
            device.run(
                    Bundle.script("signalled", "trap 'echo reloaded' USR1", "echo up", "while :; do sleep 0.05; done"));
            device.awaitOutput("signalled", "up\n");
            ok(device.ask("signalled", "signal", "{\"signal\":\"USR1\"}"));
            device.awaitOutput("signalled", "reloaded\n");
            assertThat(code(device.ask("signalled", "signal", "{\"signal\":\"HUPP\"}")))
                    .isEqualTo("bad_argument");
            assertThat(code(device.ask("signalled", "signal", ""))).isEqualTo("bad_argument");
        }

        @Test
        void inputReachesStdin() {
            device.run(Bundle.script("fed", "exec cat"));
            ok(device.ask("fed", "input", "{\"text\":\"grüß dich\\n\"}"));
            device.awaitOutput("fed", "grüß dich\n");
            ok(device.ask("fed", "stop", ""));
            assertThat(code(device.ask("fed", "input", "{\"text\":\"x\"}"))).isEqualTo("not_running");
        }

        @Test
        void logsGivesLinesRangesAndMatches() {
            device.run(Bundle.script(
                    "logged", "for i in 1 2 3 4; do echo line $i; done", "echo oops >&2", "exec sleep 600"));
            device.awaitOutput("logged", "line 4\n");

            JsonObject last = ok(device.ask("logged", "logs", "{\"lines\":2}"));
            assertThat(last.get("text").getAsString()).isEqualTo("line 3\nline 4\n");
            assertThat(last.get("offset").getAsLong()).isEqualTo(14);
            assertThat(last.get("end").getAsLong()).isEqualTo(28);
            assertThat(text(device.ask("logged", "logs", "{\"from\":7,\"to\":14}")))
                    .isEqualTo("line 2\n");
            assertThat(text(device.ask("logged", "logs", "{\"match\":\"[13]\"}")))
                    .isEqualTo("line 1\nline 3\n");
            assertThat(text(device.ask("logged", "logs", "{\"stream\":\"stderr\"}")))
                    .isEqualTo("oops\n");
            assertThat(code(device.ask("logged", "logs", "{\"stream\":\"stdin\"}")))
                    .isEqualTo("bad_argument");
        }

        @Test
        void installWritesAServiceAndRemoveTakesItAway() {
            JsonObject reply = device.install(Bundle.sleeper("fleeting"));
            assertThat(reply.get("installed").getAsBoolean()).isTrue();
            assertThat(reply.get("state").getAsString()).isEqualTo("stopped");
            assertThat(code(device.ask(
                            "fleeting", "install", Bundle.sleeper("fleeting").payload())))
                    .isEqualTo("already_installed");
            ok(device.ask("fleeting", "start", ""));

            ok(device.ask("fleeting", "remove", ""));
            assertThat(device.data().resolve("services/fleeting")).doesNotExist();
            device.watcher()
                    .await(
                            "the empty status",
                            m -> m.topic().equals(device.topic("fleeting", "status")) && m.payload().length == 0);
            assertThat(code(device.ask("fleeting", "status", ""))).isEqualTo("unknown_service");
        }

        @Test
        void aFolderThatIsThereIsRegisteredOnlyBelowTheAllowedRoots() {
            assertThat(code(device.ask("elsewhere", "install", "{\"work_dir\":\"/etc\"}")))
                    .isEqualTo("not_allowed");
        }

        private static String text(JsonObject reply) {
            return ok(reply).get("text").getAsString();
        }
    }

    @Nested
    class OfTheDevice {
        @Test
        void pingInfoListAndMetricsAnswer() {
            device.install(Bundle.sleeper("listed"));

            assertThat(ok(device.ask("ping", "")).get("pong").getAsBoolean()).isTrue();
            JsonObject info = ok(device.ask("info", "")).getAsJsonObject("info");
            assertThat(info.get("data_dir").getAsString())
                    .isEqualTo(device.data().toString());
            JsonArray services = ok(device.ask("list", "")).getAsJsonArray("services");
            assertThat(values(services, "service")).contains("listed");
            assertThat(ok(device.ask("metrics", "")).getAsJsonObject("metrics").size())
                    .isPositive();
        }

        @Test
        void applyInstallsUpdatesRemovesAndThenDoesNothing() {
            device.run(Bundle.sleeper("surplus"));
            String wanted =
                    set(Bundle.sleeper("one").json(), Bundle.sleeper("two").json());

            assertThat(actions(device.ask("apply", wanted)))
                    .contains("one installed", "one started", "two installed", "two started", "surplus removed");
            assertThat(actions(device.ask("apply", wanted))).containsExactly("one unchanged", "two unchanged");
            long first = device.awaitState("one", "running").get("pid").getAsLong();

            String changed = set(
                    Bundle.sleeper("one").with("env", "{\"LEVEL\":\"2\"}").json(),
                    Bundle.sleeper("two").json());
            assertThat(actions(device.ask("apply", changed))).contains("one updated", "one restarted", "two unchanged");
            assertThat(device.awaitState("one", "running").get("pid").getAsLong())
                    .isNotEqualTo(first);
            assertThat(device.data().resolve("services/surplus")).doesNotExist();
            assertThat(Processes.below(device.data())).hasSize(2);
        }

        @Test
        void applyChangesNothingWhereOneManifestIsBad() {
            var good = Bundle.sleeper("fine");
            var bad = Bundle.sleeper("poor").with("args", "7");
            JsonObject reply = device.ask(
                    "apply", "{\"services\":{\"fine\":" + good.payload() + ",\"poor\":" + bad.payload() + "}}");

            assertThat(code(reply)).isEqualTo("invalid_manifest");
            assertThat(reply.getAsJsonArray("faults")).hasSize(1);
            assertThat(Files.exists(device.data().resolve("services/fine"))).isFalse();
        }

        @Test
        void shutdownAnswersThenEndsServicesAndAgent() {
            try (Device other = new Device(SHARED.broker(), "leaver").start()) {
                long pid = other.run(Bundle.sleeper("kept")).get("pid").getAsLong();
                ok(other.ask("shutdown", ""));

                assertThat(other.agent().exitCode()).isZero();
                assertThat(Processes.isAlive(pid)).isFalse();
                JsonObject farewell = other.watcher()
                        .awaitJson(other.topic("status"), s -> !s.get("online").getAsBoolean());
                assertThat(farewell.get("reason").getAsString()).isEqualTo("shutdown");
                assertThat(other.awaitState("kept", "stopped").get("desired").getAsString())
                        .isEqualTo("running");
            }
        }

        private static String set(JsonObject one, JsonObject two) {
            var services = new JsonObject();
            services.add("one", one);
            services.add("two", two);
            var set = new JsonObject();
            set.add("services", services);
            set.addProperty("prune", true);
            return set.toString();
        }

        private static List<String> actions(JsonObject reply) {
            return StreamSupport.stream(ok(reply).getAsJsonArray("actions").spliterator(), false)
                    .map(JsonElement::getAsJsonObject)
                    .map(action -> action.get("service").getAsString() + " "
                            + action.get("action").getAsString())
                    .toList();
        }

        private static List<String> values(JsonArray objects, String key) {
            return StreamSupport.stream(objects.spliterator(), false)
                    .map(object -> object.getAsJsonObject().get(key).getAsString())
                    .toList();
        }
    }
}
