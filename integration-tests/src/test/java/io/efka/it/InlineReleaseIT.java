package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Releases of what {@code install} and {@code apply} bring with the command, on the packaged agent. {@code -Defka.install.kills=50}
 * sets how often the agent is killed at random while it installs and applies.
 */
class InlineReleaseIT {
    private static final int KILLS = Integer.getInteger("efka.install.kills", 10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private TestBroker broker;
    private Device device;

    @BeforeEach
    void start() {
        broker = Brokers.start();
        device = new Device(broker, "inliner").start();
    }

    @AfterEach
    void stop() {
        try {
            device.close();
        } finally {
            broker.close();
        }
    }

    private static Bundle version(String version) {
        return Bundle.script("cam", "echo version " + version, "exec sleep 1000");
    }

    private static String apply(Bundle bundle, String rest) {
        return "{" + rest + "\"services\":{\"cam\":" + entry(bundle.json()) + "}}";
    }

    /** So short that a test can wait for it, and longer than a start takes on a busy machine. */
    private static JsonObject entry(JsonObject content) {
        content.addProperty("min_healthy", "300ms");
        content.addProperty("healthy_deadline", "20s");
        return content;
    }

    private static List<String> each(JsonObject reply, String list, String key) {
        return reply.getAsJsonArray(list).asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(one -> one.get(key).getAsString())
                .toList();
    }

    private List<String> releases() {
        return each(ok(device.ask("cam", "releases", "")), "releases", "id");
    }

    private String release() {
        return ok(device.ask("cam", "releases", "")).get("release").getAsString();
    }

    @Test
    void rollbackGoesBackToWhatWasInstalledFirst() {
        device.run(version("1"));
        device.awaitOutput("cam", "version 1\n");
        String first = release();
        assertThat(device.workDir("cam").getFileName()).hasToString(first);
        assertThat(device.awaitState("cam", "running").get("release").getAsString())
                .isEqualTo(first);

        JsonObject applied = ok(device.ask("apply", apply(version("2"), "")));
        assertThat(each(applied, "actions", "action")).containsExactly("updated", "restarted");
        device.awaitOutput("cam", "version 2\n");
        assertThat(releases()).hasSize(2).contains(first, release());
        assertThat(each(ok(device.ask("apply", apply(version("2"), ""))), "actions", "action"))
                .containsExactly("unchanged");
        assertThat(code(device.ask("cam", "install", version("2").payload()))).isEqualTo("already_installed");

        ok(device.ask("cam", "rollback", entry(new JsonObject()).toString()));
        assertThat(release()).isEqualTo(first);
        Await.until(
                "the first runs again",
                PATIENCE,
                () -> device.output("cam", "stdout").endsWith("version 2\nversion 1\n"));
        assertThat(releases()).as("the same content is the same release").hasSize(2);
    }

    @Test
    void whatDoesNotWorkIsTakenBackAndOtherFilesStay() throws IOException {
        device.run(version("1").file("extra.sh", "echo extra"));
        Files.writeString(device.workDir("cam").resolve("state"), "precious");
        String first = release();
        var poor = entry(Bundle.script("cam", "exit 3").json());
        poor.addProperty("healthy_deadline", "2s");
        JsonObject reply = device.ask("apply", "{\"services\":{\"cam\":" + poor + "}}");
        assertThat(code(reply)).isEqualTo("unhealthy");
        assertThat(release()).isEqualTo(first);

        JsonObject manifestOnly = new JsonObject();
        manifestOnly.add(
                "manifest", version("1").with("env", "{\"LEVEL\":\"2\"}").manifest());
        ok(device.ask("apply", "{\"services\":{\"cam\":" + entry(manifestOnly) + "}}"));
        assertThat(release()).isNotEqualTo(first);
        assertThat(device.workDir("cam").resolve("extra.sh")).isExecutable();
        assertThat(device.workDir("cam").resolve("state")).hasContent("precious");
    }

    /** Records and documents are gone, the folders are there. */
    @Test
    void anAgentThatLostItsStateKnowsTheReleases() {
        device.run(version("1"));
        ok(device.ask("apply", apply(version("2"), "")));
        List<String> before = releases();
        String current = release();
        assertThat(device.agent().terminate()).isZero();
        Folders.delete(device.data().resolve("state"));
        device.forgetSession();
        device.start();
        assertThat(release()).isEqualTo(current);
        assertThat(releases()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(each(ok(device.ask("apply", apply(version("2"), ""))), "actions", "action"))
                .doesNotContain("installed", "updated");
        ok(device.ask("apply", apply(version("3"), "")));
    }

    /** As the agent before wrote it, or somebody put it there. */
    @Test
    void aServiceWithoutReleasesIsChangedInItsFolder() throws IOException {
        assertThat(device.agent().terminate()).isZero();
        Path folder = Files.createDirectories(device.data().resolve("services/cam"));
        Files.writeString(
                folder.resolve("manifest.json"),
                Bundle.sleeper("cam")
                        .with("exec", "\"/bin/sleep\"")
                        .with("args", "[\"1000\"]")
                        .manifest()
                        .toString());
        Files.writeString(folder.resolve("state"), "precious");
        device.start();
        device.awaitState("cam", "running");
        assertThat(each(ok(device.ask("apply", apply(version("2"), ""))), "actions", "action"))
                .containsExactly("updated", "restarted");
        device.awaitOutput("cam", "version 2\n");
        assertThat(folder.resolve("state")).hasContent("precious");
        assertThat(folder.resolve("run.sh")).isExecutable();
        assertThat(folder.resolve("releases")).doesNotExist();
        assertThat(releases()).isEmpty();
    }

    @Test
    void anAgentThatIsKilledInstallsAndAppliesOnceAndMakesNoHalf() throws IOException {
        long seed = Long.getLong("efka.seed", System.nanoTime());
        System.out.println("[install] seed " + seed);
        var random = new Random(seed);
        for (int kill = 1; kill <= KILLS; kill++) {
            String id = "\"id\":\"k" + kill + "\",";
            boolean installs = kill % 2 == 1;
            String wanted = version(String.valueOf(kill)).startedPayload();
            if (installs) device.watcher().publish(device.topic("cam", "cmd/install"), "{" + id + wanted.substring(1));
            else device.watcher().publish(device.topic("cmd/apply"), apply(version(String.valueOf(kill)), id));
            java.util.concurrent.locks.LockSupport.parkNanos(
                    Duration.ofMillis(random.nextInt(120)).toNanos());
            device.agent().kill();
            device.start();
            String known = "k" + kill;
            JsonObject reply = Await.value(
                    "an answer to " + known,
                    PATIENCE,
                    () -> device.watcher().all(device.topic("reply")).stream()
                            .map(Watcher.Seen::json)
                            .filter(one ->
                                    one.has("id") && one.get("id").getAsString().equals(known))
                            .findFirst());
            ok(reply);
            device.awaitState("cam", "running");
            assertThat(Files.readString(device.workDir("cam").resolve("run.sh")))
                    .as("seed %d, kill %d", seed, kill)
                    .contains("version " + kill + "\n");
            assertThat(release()).isEqualTo(String.valueOf(device.workDir("cam").getFileName()));
            assertThat(releases()).as("seed %d, kill %d", seed, kill).hasSize(installs ? 1 : 2);
            if (!installs) ok(device.ask("cam", "remove", ""));
        }
        System.out.println(
                "[install] " + KILLS + " random kills under install and apply: each done once, no half release");
    }
}
