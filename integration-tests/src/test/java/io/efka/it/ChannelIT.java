package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services that talk: the examples of {@code docker/examples}, and one that does everything wrong. */
@Tag("whole-jar")
final class ChannelIT {
    private static final Path EXAMPLES = Path.of("../docker/examples");

    @RegisterExtension
    static final SharedDevice SHARED = new SharedDevice("talker");

    private static Device device() {
        return SHARED.device();
    }

    /** An example as a service: ready by its channel, and watched. */
    private static Bundle example(String id, String file) {
        try {
            var text = new JsonObject();
            text.addProperty("text", Files.readString(EXAMPLES.resolve(file)));
            text.addProperty("mode", "0755");
            Bundle plain =
                    Bundle.script(id, start(file)).with("ready", "\"channel\"").with("watchdog", "\"20s\"");
            JsonObject files = plain.files().deepCopy();
            files.add(file, text);
            return new Bundle(id, plain.manifest(), files);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String start(String file) {
        if (!file.endsWith(".java")) return "exec ./" + file;
        return "exec " + Path.of(System.getProperty("java.home"), "bin", "java") + " -Xmx32m -XX:+UseSerialGC " + file;
    }

    private static void need(String... programs) {
        for (String program : programs) {
            if (Brokers.isOnPath(program)) return;
        }
        System.out.println("[channel] SKIPPED: needs " + List.of(programs));
        assumeTrue(false, "needs " + List.of(programs));
    }

    @Nested
    class Examples {
        @Test
        void inShell() {
            need("socat", "nc");
            liveAndDie("shelly", "channel.sh", "load");
        }

        @Test
        void inPython() {
            need("python3");
            liveAndDie("pythy", "channel.py", "temperature");
        }

        @Test
        void inJava() {
            liveAndDie("javy", "Channel.java", "heap");
        }

        /** Ready, data, a call, an agent that is killed, a call to the next one, a stop, and nothing retained. */
        private void liveAndDie(String id, String file, String data) {
            Device device = device();
            JsonObject started = device.run(example(id, file));
            assertThat(started.get("state").getAsString()).isEqualTo("running");
            device.awaitStatus(id, status -> status.get("ready").getAsBoolean());
            Watcher.Seen first =
                    device.watcher().await("data of " + id, m -> m.topic().equals(device.topic(id, "data/" + data)));
            assertThat(new JsonPrimitive(first.text()).getAsDouble()).isPositive();
            assertThat(ok(device.ask(id, "call/hello", "{\"args\":[1]}")).has("result"))
                    .isTrue();
            long pid = device.awaitState(id, "running").get("pid").getAsLong();

            device.agent().kill();
            device.start();
            Await.until(
                    "the service attached again",
                    Duration.ofSeconds(30),
                    () -> device.ask(id, "call/hello", "").get("ok").getAsBoolean());
            assertThat(device.awaitStatus(id, status -> status.get("ready").getAsBoolean())
                            .get("pid")
                            .getAsLong())
                    .isEqualTo(pid);

            ok(device.ask(id, "stop", ""));
            ok(device.ask(id, "remove", ""));
            device.watcher()
                    .await(
                            "the data cleared",
                            m -> m.topic().equals(device.topic(id, "data/" + data)) && m.payload().length == 0);
        }
    }

    @Nested
    class Configuration {
        @Test
        void isAskedAboutKeptAndFoundAgain() {
            need("python3");
            Device device = device();
            device.run(example("tuned", "channel.py"));
            assertThat(ok(device.ask("tuned", "config", "")).get("version").getAsInt())
                    .isZero();

            JsonObject refused = device.ask("tuned", "config", "{\"set\":{\"every_s\":-1}}");
            assertThat(code(refused)).isEqualTo("config_refused");
            assertThat(refused.getAsJsonObject("error").get("message").getAsString())
                    .isEqualTo("every_s must be more than 0");
            JsonObject taken = ok(device.ask("tuned", "config", "{\"set\":{\"every_s\":0.2}}"));
            assertThat(taken.get("applied").getAsBoolean()).isTrue();
            assertThat(taken.get("version").getAsInt()).isEqualTo(1);

            device.agent().kill();
            device.start();
            assertThat(ok(device.ask("tuned", "config", "")).getAsJsonObject("config"))
                    .hasToString("{\"every_s\":0.2}");
            JsonObject group = device.watcher().ask("efka/group/all/svc/tuned/cmd/config", "{\"set\":{}}");
            assertThat(ok(group).get("version").getAsInt()).isEqualTo(2);
            ok(device.ask("tuned", "remove", ""));
        }

        @Test
        void isAFileForWhoHasNoChannel() {
            Device device = device();
            device.run(Bundle.script(
                    "filed",
                    "trap 'cat \"$EFKA_CONFIG\"' USR1",
                    "cat \"$EFKA_CONFIG\"",
                    "while :; do sleep 0.1; done"));
            device.awaitOutput("filed", "{}");
            ok(device.ask("filed", "config", "{\"set\":{\"color\":\"red\"},\"signal\":\"USR1\"}"));
            device.awaitOutput("filed", "{\"color\":\"red\"}");
            ok(device.ask("filed", "remove", ""));
        }
    }

    @Nested
    class Refusals {
        @Test
        void aServiceWithoutChannelCannotBeCalled() {
            device().run(Bundle.sleeper("mute"));
            assertThat(code(device().ask("mute", "call/hello", ""))).isEqualTo("no_channel");
            ok(device().ask("mute", "stop", ""));
            assertThat(code(device().ask("mute", "call/hello", ""))).isEqualTo("no_channel");
        }

        @Test
        void whoNeverSaysReadyIsNotReady() {
            Bundle late = Bundle.sleeper("late").with("ready", "\"channel\"").with("ready_timeout", "\"1s\"");
            device().install(late);
            assertThat(code(device().ask("late", "start", ""))).isEqualTo("not_ready");
            ok(device().ask("late", "stop", ""));
        }

        @Test
        void whoFallsSilentIsStartedAgain() {
            need("socat", "nc");
            device().run(Bundle.sleeper("silent").with("watchdog", "\"1s\"").with("ready_timeout", "\"2s\""));
            device().awaitStatus(
                            "silent",
                            status -> status.getAsJsonObject("cause")
                                    .get("kind")
                                    .getAsString()
                                    .equals("watchdog"));
            device().awaitStatus("silent", status -> status.get("restarts").getAsInt() > 0);
            ok(device().ask("silent", "stop", ""));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "head -c 3000000 /dev/urandom",
                    "yes garbage | head -n 100000",
                    "head -c 50000000 /dev/zero",
                    "printf '{\"type\":\"att'",
                    "printf '{\"type\":\"attach\",\"service\":\"mute\",\"token\":\"x\"}\\n'",
                })
        void rubbishOnTheSocketHarmsNobody(String rubbish) {
            need("socat");
            String id = "vandal-" + Integer.toHexString(rubbish.hashCode());
            device().run(Bundle.script(
                    id, rubbish + " | socat -t 1 - \"UNIX-CONNECT:$EFKA_CHANNEL\"", "echo survived", "exec sleep 600"));
            device().awaitOutput(id, "survived");
            ok(device().ask("ping", ""));
            ok(device().ask(id, "stop", ""));
        }
    }
}
