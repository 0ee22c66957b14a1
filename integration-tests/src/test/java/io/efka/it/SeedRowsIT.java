package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every behaviour of the program that this one grew out of, an Erlang gen_server, has a test of its name here: what it
 * did is still done, or done better. The names are the rows of the list of them in the contract.
 */
@Tag("whole-jar")
class SeedRowsIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static TestBroker broker;
    private static Device device;

    /** Work directories with a manifest.json in them are what the seed began with. */
    @BeforeAll
    static void start() throws IOException {
        broker = Brokers.start();
        device = new Device(broker, "seed");
        place(Bundle.sleeper("unreadable"), "{ not JSON");
        place(Bundle.sleeper("wrong").with("exec", "7"));
        place(Bundle.sleeper("wanted"));
        place(Bundle.sleeper("unwanted").with("autostart", "false"));
        place(Bundle.sleeper("unbootable")
                .with("exec", "\"late.sh\"")
                .with("restart", "{\"delay\":\"200ms\",\"max_delay\":\"200ms\"}"));
        device.start();
    }

    @AfterAll
    static void stop() {
        try {
            device.close();
        } finally {
            broker.close();
        }
    }

    @Test
    @DisplayName("one gen_server per service, registered by name efka_service:ID")
    void oneSupervisorPerServiceFoundById() {
        device.install(Bundle.sleeper("first"));
        device.install(Bundle.sleeper("second"));
        ok(device.ask("first", "start", ""));
        assertThat(state("first")).isEqualTo("running");
        assertThat(state("second")).isEqualTo("stopped");
        assertThat(code(device.ask("third", "start", ""))).isEqualTo("unknown_service");
    }

    @Test
    @DisplayName("init reads manifest.json in work_dir; bad one: notice, ignore")
    void initReadsManifestJsonAndABadOneIsListedWithItsFaults() {
        for (String bad : List.of("unreadable", "wrong")) {
            JsonObject status = listed(bad);
            assertThat(status.getAsJsonObject("cause").get("kind").getAsString())
                    .isEqualTo("invalid_manifest");
            assertThat(status.getAsJsonArray("faults")).isNotEmpty();
            assertThat(code(device.ask(bad, "start", ""))).isEqualTo("invalid_manifest");
            assertThat(device.agent().log()).contains("service=" + bad + " manifest cannot be used");
        }
        device.awaitState("wanted", "running");
    }

    @Test
    @DisplayName("required keys and their errors")
    void requiredKeysAndTheirErrors() {
        var none = new Bundle("keys", new JsonObject(), Bundle.sleeper("keys").files());
        assertThat(faults(none)).containsExactlyInAnyOrder("service_id", "exec", "health_check");
        var good = Bundle.sleeper("keys");
        assertThat(faults(good.with("service_id", "7"))).containsExactly("service_id");
        assertThat(faults(good.with("health_check", "7"))).containsExactly("health_check");
        assertThat(faults(good.with("health_check", "\"no url\""))).containsExactly("health_check");
        assertThat(faults(good.with("exec", "7"))).containsExactly("exec");
        assertThat(faults(good.with("exec", "\"run.sh --fast\""))).containsExactly("exec");
        assertThat(faults(good.with("args", "\"--fast\""))).containsExactly("args");

        var seedSpelling = good.with("serivce_id", "\"keys\"");
        seedSpelling.manifest().remove("service_id");
        device.install(seedSpelling);
    }

    @Test
    @DisplayName("status 1: booted at init; status 0: not")
    void whatIsDesiredIsBootedAtInitAndWhatIsNotIsNot() {
        JsonObject wanted = device.awaitState("wanted", "running");
        assertThat(wanted.get("desired").getAsString()).isEqualTo("running");
        assertThat(wanted.getAsJsonObject("cause").get("kind").getAsString()).isEqualTo("agent_start");
        JsonObject unwanted = device.awaitState("unwanted", "stopped");
        assertThat(unwanted.get("desired").getAsString()).isEqualTo("stopped");
    }

    @Test
    @DisplayName("boot failure at init: stays stopped, process lives")
    void aBootFailureAtInitIsRetriedAndTheAgentLives() throws IOException {
        JsonObject failed = device.awaitState("unbootable", "backoff");
        assertThat(failed.getAsJsonObject("cause").get("kind").getAsString()).isEqualTo("launch_failed");
        assertThat(failed.get("desired").getAsString()).isEqualTo("running");
        script(device.data().resolve("services/unbootable/late.sh"), "#!/bin/sh\nexec sleep 600\n");
        device.awaitState("unbootable", "running");
    }

    @Test
    @DisplayName("attach_channel: ok / channel exists / service stopped; monitored, cleared when it dies")
    void attachChannelTakesOneLivingChannelOfAServiceThatIsToRun() throws IOException {
        device.run(Bundle.script(
                        "talking", "trap '' TERM", "echo $EFKA_CHANNEL $EFKA_TOKEN", "while :; do sleep 0.1; done")
                .with("stop", "{\"grace\":\"3s\"}"));
        device.awaitOutput("talking", "\n");
        String[] told = device.output("talking", "stdout").strip().split(" ");
        try (var first = new Channel(told[0])) {
            assertThat(first.attach("talking", told[1])).contains("\"attached\"");
            try (var second = new Channel(told[0])) {
                assertThat(second.attach("talking", told[1])).contains("channel_exists");
            }
        }
        Await.until("the channel is free again", SOON, () -> {
            try (var third = new Channel(told[0])) {
                return third.attach("talking", told[1]).contains("\"attached\"");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        ok(device.ask("talking", "stop", "{\"wait\":false}"));
        device.awaitState("talking", "stopping");
        try (var late = new Channel(told[0])) {
            assertThat(late.attach("talking", told[1])).contains("service_stopped");
        }
        device.awaitState("talking", "stopped");
    }

    /** A service's end of its channel, held by the test. */
    private static final class Channel implements AutoCloseable {
        private final SocketChannel socket;

        Channel(String path) throws IOException {
            socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
        }

        /** Says who it is; returns the first line of the answer. */
        String attach(String service, String token) throws IOException {
            String line = "{\"type\":\"attach\",\"service\":\"" + service + "\",\"token\":\"" + token + "\"}\n";
            socket.write(ByteBuffer.wrap(line.getBytes(UTF_8)));
            return new BufferedReader(Channels.newReader(socket, UTF_8)).readLine();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    @DisplayName("start_service running: service is running; success stores status 1; failure stores nothing")
    void startServiceStoresSuccessAndNoFailure() {
        device.install(Bundle.sleeper("startable"));
        ok(device.ask("startable", "start", ""));
        assertThat(code(device.ask("startable", "start", ""))).isEqualTo("already_running");
        assertThat(listed("startable").get("desired").getAsString()).isEqualTo("running");

        device.install(
                Bundle.sleeper("unstartable").with("exec", "\"nowhere.sh\"").with("autostart", "false"));
        String before = listed("unstartable").get("desired").getAsString();
        assertThat(code(device.ask("unstartable", "start", ""))).isEqualTo("launch_failed");
        assertThat(listed("unstartable").get("desired").getAsString()).isEqualTo(before);
    }

    @Test
    @DisplayName("stop_service stopped: service not running; prefers its own stop command, else kill; stores status 0")
    void stopServicePrefersTheServicesOwnStopCommandAndStoresTheWish() {
        device.run(Bundle.script("stoppable", "echo $$ > pid", "exec sleep 600")
                .file("stop.sh", "touch asked", "kill $(cat pid)")
                .with("stop", "{\"exec\":\"stop.sh\"}"));
        ok(device.ask("stoppable", "stop", ""));
        assertThat(device.workDir("stoppable").resolve("asked")).exists();
        assertThat(listed("stoppable").get("desired").getAsString()).isEqualTo("stopped");
        assertThat(code(device.ask("stoppable", "stop", ""))).isEqualTo("not_running");
    }

    @Test
    @DisplayName(
            "exit_status: stopped, pid and port cleared; timer reboot_service 5000 ms: boots if status is 1, ignored if 0")
    void exitStatusClearsThePidAndTheServiceIsBootedAgainIfDesired() {
        device.run(Bundle.script("ending", "read line", "exit 9").with("restart", "{\"delay\":\"2s\"}"));
        ok(device.ask("ending", "input", "{\"text\":\"\\n\"}"));
        JsonObject gone = device.awaitState("ending", "backoff");
        assertThat(gone.get("pid").isJsonNull()).isTrue();
        assertThat(gone.getAsJsonObject("last_exit").get("code").getAsInt()).isEqualTo(9);
        device.awaitState("ending", "running");

        ok(device.ask("ending", "input", "{\"text\":\"\\n\"}"));
        device.awaitState("ending", "backoff");
        ok(device.ask("ending", "stop", ""));
        assertThat(listed("ending").get("next_attempt_at").isJsonNull()).isTrue();
        assertThat(state("ending")).isEqualTo("stopped");
    }

    @Test
    @DisplayName("port data logged")
    void portDataIsKeptAndPublished() {
        device.run(Bundle.script("saying", "echo something", "exec sleep 600"));
        device.awaitOutput("saying", "something\n");
        assertThat(ok(device.ask("saying", "logs", "")).get("text").getAsString())
                .isEqualTo("something\n");
    }

    @Test
    @DisplayName("terminate: kills the OS process")
    void terminateEndsTheProcess() {
        try (Device ending = new Device(broker, "terminated").start()) {
            long pid = ending.run(Bundle.sleeper("child")).get("pid").getAsLong();
            assertThat(ending.agent().terminate()).isZero();
            assertThat(Processes.isAlive(pid)).isFalse();
        }
    }

    @Test
    @DisplayName("exec resolved against work_dir, run in it, args as given")
    void execIsResolvedAgainstTheWorkDirectoryAndRunInIt() {
        device.run(Bundle.script("placed", "pwd; printf '%s|' \"$@\"; echo", "exec sleep 600")
                .with("args", "[\"a b\",\"\",\"*\",\"ü\"]"));
        device.awaitOutput("placed", "|\n");
        assertThat(device.output("placed", "stdout")).isEqualTo(device.workDir("placed") + "\na b||*|ü|\n");
        device.run(Bundle.sleeper("absolute").with("exec", "\"/bin/sleep\"").with("args", "[\"600\"]"));
    }

    @Test
    @DisplayName("health_check stored, never asked")
    void healthCheckIsAskedAndActedUpon() throws IOException {
        JsonObject started = device.run(Bundle.script("checked", "touch well", "exec sleep 600")
                .file("check.sh", "test -e well")
                .with("health_check", "\"exec:check.sh\"")
                .with("ready", "\"health\"")
                .with("health", "{\"interval\":\"100ms\",\"timeout\":\"5s\",\"failures\":2}"));
        assertThat(listed("checked").get("health").getAsString()).isEqualTo("healthy");
        Files.delete(device.workDir("checked").resolve("well"));
        device.awaitStatus(
                "checked",
                s -> where("state", "running").test(s) && !s.get("pid").equals(started.get("pid")));
    }

    private static void place(Bundle bundle) throws IOException {
        place(bundle, bundle.manifest().toString());
    }

    private static void place(Bundle bundle, String manifest) throws IOException {
        Path folder = Files.createDirectories(device.data().resolve("services").resolve(bundle.id()));
        Files.writeString(folder.resolve("manifest.json"), manifest);
        script(
                folder.resolve("run.sh"),
                bundle.files().getAsJsonObject("run.sh").get("text").getAsString());
    }

    private static void script(Path file, String text) throws IOException {
        Path unfinished = Files.writeString(file.resolveSibling("unfinished"), text);
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(unfinished, file);
    }

    private static JsonObject listed(String service) {
        for (JsonElement one : ok(device.ask("list", "")).getAsJsonArray("services")) {
            if (where("service", service).test(one.getAsJsonObject())) return one.getAsJsonObject();
        }
        throw new AssertionError(service + " is not listed");
    }

    private static String state(String service) {
        return listed(service).get("state").getAsString();
    }

    private static List<String> faults(Bundle bundle) {
        JsonObject reply = device.ask("keys", "install", bundle.payload());
        assertThat(code(reply)).isEqualTo("invalid_manifest");
        return reply.getAsJsonArray("faults").asList().stream()
                .map(fault -> fault.getAsJsonObject().get("key").getAsString())
                .toList();
    }
}
