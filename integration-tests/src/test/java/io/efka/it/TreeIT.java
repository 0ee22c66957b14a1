package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real processes: their trees, how they end, in what surroundings they run, and when they are started again. */
class TreeIT {
    @RegisterExtension
    static final SharedDevice SHARED = new SharedDevice("tree");

    private static final Duration SOON = Duration.ofSeconds(30);

    /** A child, one that left the process group, and one that left the session and its parents. */
    private static final String[] FAMILY = {
        "sleep 600 &", "setsid sleep 600 &", "(setsid sh -c 'sleep 600 & exec sleep 600' &)", "echo born"
    };

    private final Device device = SHARED.device();

    @Nested
    class Ending {
        @Test
        void stopTakesTheWholeFamilyAlong() {
            device.run(family("family", "exec sleep 600"));
            Await.until("all are born", SOON, () -> living("family").size() >= 5);
            ok(device.ask("family", "stop", ""));
            assertThat(living("family")).isEmpty();
        }

        @Test
        void aCrashEndsWhatIsLeftOfTheFamilyBeforeTheRestart() {
            device.run(family("orphaning", "read line", "exit 3"));
            Await.until("all are born", SOON, () -> living("orphaning").size() >= 5);
            List<Long> first = pids("orphaning");
            ok(device.ask("orphaning", "input", "{\"text\":\"go\\n\"}"));

            device.awaitStatus(
                    "orphaning",
                    s -> where("state", "running").test(s) && s.get("restarts").getAsInt() == 1);
            assertThat(first).noneMatch(Processes::isAlive);
            ok(device.ask("orphaning", "stop", ""));
            assertThat(living("orphaning")).isEmpty();
        }

        @Test
        void whoIsDeafToTermIsKilledAfterTheGrace() {
            device.run(Bundle.script("deaf", "trap '' TERM", "echo up", "while :; do sleep 0.05; done")
                    .with("stop", "{\"grace\":\"500ms\"}"));
            device.awaitOutput("deaf", "up\n");
            JsonObject reply = ok(device.ask("deaf", "stop", ""));
            assertThat(reply.get("took_ms").getAsLong()).isBetween(450L, 10_000L);
            JsonObject exit = device.awaitState("deaf", "stopped").getAsJsonObject("last_exit");
            assertThat(exit.get("signal").getAsString()).isEqualTo("KILL");
            assertThat(living("deaf")).isEmpty();
        }

        @Test
        void theServicesOwnStopCommandIsPreferred() throws IOException {
            device.run(Bundle.script("polite", "trap '' TERM", "echo $$ > pid", "echo up", "exec sleep 600")
                    .file("stop.sh", "echo \"$1\" > stopped-by", "kill -KILL $(cat pid)")
                    .with("stop", "{\"exec\":\"stop.sh\",\"args\":[\"the command\"],\"grace\":\"20s\"}"));
            device.awaitOutput("polite", "up\n");
            JsonObject reply = ok(device.ask("polite", "stop", ""));
            assertThat(reply.get("took_ms").getAsLong()).isLessThan(10_000);
            assertThat(workDir("polite").resolve("stopped-by")).hasContent("the command");
        }

        @Test
        void anotherSignalThanTermCanBeAskedFor() {
            device.run(Bundle.script(
                            "interrupted", "trap 'echo INT; exit 0' INT", "echo up", "while :; do sleep 0.05; done")
                    .with("stop", "{\"signal\":\"INT\"}"));
            device.awaitOutput("interrupted", "up\n");
            ok(device.ask("interrupted", "stop", ""));
            device.awaitOutput("interrupted", "INT\n");
        }
    }

    @Nested
    class Surroundings {
        @Test
        void areWhatTheManifestSays() {
            device.run(Bundle.script(
                            "surrounded",
                            "pwd",
                            "echo \"$1|$2\"",
                            "echo $GREETING",
                            "umask",
                            "echo ${EFKA_RUN:+run}",
                            "exec sleep 600")
                    .with("args", "[\"two words\",\"$HOME\"]")
                    .with("env", "{\"GREETING\":\"hallo\"}")
                    .with("umask", "\"0027\""));
            device.awaitOutput("surrounded", "run\n");
            assertThat(device.output("surrounded", "stdout"))
                    .isEqualTo(workDir("surrounded") + "\ntwo words|$HOME\nhallo\n0027\nrun\n");
        }

        @Test
        void anotherUserIsHadByRootAndAClearRefusalByOthers() throws IOException {
            Files.setPosixFilePermissions(device.folder(), PosixFilePermissions.fromString("rwxr-xr-x"));
            device.install(Bundle.script("nobody", "id -un", "exec sleep 600").with("user", "\"nobody\""));
            JsonObject reply = device.ask("nobody", "start", "");
            if (System.getProperty("user.name").equals("root")) {
                ok(reply);
                device.awaitOutput("nobody", "nobody\n");
            } else {
                assertThat(code(reply)).isEqualTo("launch_failed");
            }
            device.ask("nobody", "remove", "");
        }

        @Test
        void limitsHoldOrAreWarnedOf() {
            device.run(Bundle.script("limited", "ulimit -n", "ulimit -c", "exec sleep 600")
                    .with("limits", "{\"nofile\":64,\"core\":0,\"memory\":\"64MiB\",\"pids\":50}"));
            device.awaitOutput("limited", "64\n0\n");
            JsonObject status = ok(device.ask("limited", "status", "")).getAsJsonObject("status");
            JsonObject info = ok(device.ask("info", "")).getAsJsonObject("info");
            String warnings = status.get("warnings").toString();
            if (!info.get("cgroups").toString().contains("memory"))
                assertThat(warnings).contains("memory");
            if (!info.get("cgroups").toString().contains("pids"))
                assertThat(warnings).contains("pids");
        }
    }

    @Nested
    class Others {
        @Test
        void areWaitedForAndStoppedInReverse() throws IOException {
            try (Device ordered = new Device(SHARED.broker(), "ordered").start()) {
                ordered.install(ordered("base").file("check.sh", "test -e open").with("ready", "\"health\""));
                ordered.install(ordered("top").with("after", "[\"base\"]"));
                ok(ordered.ask("top", "start", "{\"wait\":false}"));
                JsonObject waiting = ordered.awaitStatus("top", s -> s.has("waiting_for"));
                assertThat(waiting.get("state").getAsString()).isEqualTo("starting");
                assertThat(waiting.get("waiting_for").toString()).contains("base");

                ok(ordered.ask("base", "start", "{\"wait\":false}"));
                ordered.awaitStatus(
                        "base",
                        s -> where("state", "running").test(s)
                                && !s.get("ready").getAsBoolean());
                assertThat(ordered.awaitStatus("top", s -> true).has("waiting_for"))
                        .isTrue();
                Files.createFile(ordered.workDir("base").resolve("open"));
                ordered.awaitState("top", "running");

                assertThat(ordered.agent().terminate()).isZero();
                assertThat(ordered.data().resolve("order")).hasContent("top\nbase");
            }
        }

        private static Bundle ordered(String id) {
            return Bundle.script(
                            id,
                            "trap 'echo " + id + " >> ../../../../order; exit 0' TERM",
                            "while :; do sleep 0.05; done")
                    .with("health_check", id.equals("base") ? "\"exec:check.sh\"" : "\"process:\"")
                    .with("health", "{\"interval\":\"100ms\",\"start_period\":\"30s\"}");
        }
    }

    @Nested
    class Health {
        @Test
        void isAskedAndAnUnhealthyServiceIsRestarted() throws IOException {
            JsonObject started = device.run(checked("sickly", "restart"));
            Files.delete(workDir("sickly").resolve("well"));
            JsonObject status =
                    device.awaitStatus("sickly", s -> s.get("restarts").getAsInt() > 0);
            assertThat(status.get("pid")).isNotEqualTo(started.get("pid"));
            JsonObject event = device.watcher()
                    .await(
                            "the event that says why",
                            m -> m.topic().equals(device.topic("sickly", "event"))
                                    && m.text().contains("\"kind\":\"health\""))
                    .json();
            assertThat(event.get("to").getAsString()).isEqualTo("stopping");
        }

        @Test
        void isOnlyReportedWhereThatIsAskedFor() throws IOException {
            JsonObject started = device.run(checked("suffering", "report"));
            Files.delete(workDir("suffering").resolve("well"));
            JsonObject status = device.awaitStatus("suffering", where("health", "unhealthy"));
            assertThat(status.get("pid")).isEqualTo(started.get("pid"));
            assertThat(status.get("state").getAsString()).isEqualTo("running");
            Files.createFile(workDir("suffering").resolve("well"));
            device.awaitStatus("suffering", where("health", "healthy"));
        }

        @Test
        void decidesReadinessWhereThatIsAskedFor() {
            var never = checked("unready", "report")
                    .file("check.sh", "exit 1")
                    .with("ready", "\"health\"")
                    .with("ready_timeout", "\"500ms\"");
            device.install(never);
            assertThat(code(device.ask("unready", "start", ""))).isEqualTo("not_ready");
            ok(device.ask("unready", "stop", ""));
            assertThat(ok(device.ask("unready", "status", "")).get("state").getAsString())
                    .isEqualTo("stopped");
        }

        private static Bundle checked(String id, String onUnhealthy) {
            return Bundle.script(id, "touch well", "exec sleep 600")
                    .file("check.sh", "test -e well")
                    .with("health_check", "\"exec:check.sh\"")
                    .with("ready", "\"health\"")
                    .with(
                            "health",
                            "{\"interval\":\"100ms\",\"timeout\":\"5s\",\"start_period\":\"10s\",\"failures\":2,\"on_unhealthy\":\""
                                    + onUnhealthy + "\"}");
        }
    }

    @Nested
    class Restarts {
        @Test
        void slowDownAndSaySo() {
            device.run(Bundle.script("crashing", "sleep 0.1", "exit 7")
                    .with("restart", "{\"delay\":\"200ms\",\"max_delay\":\"2s\"}"));
            JsonObject status = device.awaitState("crashing", "backoff");
            assertThat(status.get("desired").getAsString()).isEqualTo("running");
            assertThat(status.get("pid").isJsonNull()).isTrue();
            assertThat(Instant.parse(status.get("next_attempt_at").getAsString()))
                    .isAfter(Instant.parse(status.get("since").getAsString()));
            assertThat(status.getAsJsonObject("cause").get("code").getAsInt()).isEqualTo(7);
            device.awaitStatus("crashing", s -> s.get("crash_loop").getAsBoolean());
            ok(device.ask("crashing", "stop", ""));
        }

        @Test
        void dependOnThePolicy() {
            device.run(Bundle.script("once", "sleep 0.1").with("restart", "{\"policy\":\"on-failure\"}"));
            JsonObject done = device.awaitState("once", "stopped");
            assertThat(done.getAsJsonObject("last_exit").get("code").getAsInt()).isZero();
            assertThat(done.get("restarts").getAsInt()).isZero();

            device.run(Bundle.script("never", "sleep 0.1", "exit 1").with("restart", "{\"policy\":\"never\"}"));
            device.awaitStatus(
                    "never",
                    s -> !s.get("last_exit").isJsonNull() && s.get("pid").isJsonNull());
            assertThat(device.awaitStatus("never", s -> true).get("restarts").getAsInt())
                    .isZero();
        }
    }

    private static Bundle family(String id, String... end) {
        var lines = new java.util.ArrayList<String>(List.of(FAMILY));
        lines.addAll(List.of(end));
        return Bundle.script(id, lines.toArray(String[]::new)).with("restart", "{\"delay\":\"50ms\"}");
    }

    private Path workDir(String service) {
        return device.workDir(service);
    }

    private List<ProcessHandle> living(String service) {
        return Processes.below(device.data().resolve("services").resolve(service));
    }

    private List<Long> pids(String service) {
        return living(service).stream().map(ProcessHandle::pid).toList();
    }
}
