package io.efka.it.faults;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess;
import io.efka.it.Brokers;
import io.efka.it.Bundle;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import io.efka.it.Watcher;
import io.efka.protocol.Sha256;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A small disk, most of which is taken by cached artifacts. */
class FullCacheIT {
    private static final int MIB = 1 << 20;

    private final TestBroker broker = Brokers.start();
    private Path folder;
    private Path sources;
    private Disk disk;
    private AgentProcess agent;
    private Watcher watcher;

    @BeforeEach
    void start() throws IOException {
        folder = Folders.create("full-cache");
        sources = Files.createDirectory(folder.resolve("sources"));
        disk = Disk.tmpfs(folder.resolve("data"), "24m");
        watcher = new Watcher(broker, "efka/full-cache/#");
        agent = AgentProcess.run(broker, "full-cache", folder.resolve("data"), "--artifact-roots", sources.toString());
        watcher.awaitJson(
                "efka/full-cache/status", status -> status.get("online").getAsBoolean());
    }

    @AfterEach
    void stop() {
        try {
            agent.close();
            watcher.close();
        } finally {
            disk.close();
            Folders.delete(folder);
            broker.close();
        }
    }

    /**
     * An archive of a service.
     *
     * @param noise bytes that cannot be compressed
     * @param zeros bytes that can
     */
    private String artifact(String service, int noise, int zeros) throws IOException {
        Path content = Files.createDirectory(sources.resolve(service));
        Bundle bundle = Bundle.sleeper(service);
        Files.writeString(content.resolve("manifest.json"), bundle.manifest().toString());
        Path script = content.resolve("run.sh");
        Files.writeString(
                script, bundle.files().getAsJsonObject("run.sh").get("text").getAsString());
        Shell.run("chmod", "755", script.toString()).ok();
        var bytes = new byte[noise];
        new Random(service.hashCode()).nextBytes(bytes);
        Files.write(content.resolve("noise"), bytes);
        Files.write(content.resolve("zeros"), new byte[zeros]);
        Path archive = sources.resolve(service + ".tar.gz");
        Shell.run("tar", "-C", content.toString(), "-czf", archive.toString(), ".")
                .ok();
        return "{\"artifact\":{\"url\":\"file://" + archive + "\",\"sha256\":\"" + hash(service) + "\",\"size\":"
                + Files.size(archive) + "},\"min_healthy\":\"100ms\"";
    }

    private String hash(String service) throws IOException {
        return Sha256.of(Files.readAllBytes(sources.resolve(service + ".tar.gz")))
                .hex();
    }

    private JsonObject ask(String service, String command, String payload) {
        return watcher.ask("efka/full-cache/svc/" + service + "/cmd/" + command, payload);
    }

    private void deploy(String service, int noise, int zeros) throws IOException {
        ok(ask(service, "deploy", artifact(service, noise, zeros) + "}"));
    }

    private boolean isCached(String service) throws IOException {
        return Files.exists(folder.resolve("data/artifacts").resolve(hash(service)));
    }

    /** Leaves so many bytes of the disk. */
    private void leave(long bytes) throws IOException {
        Files.deleteIfExists(folder.resolve("data/filler"));
        Path filler = disk.fill();
        try (var file = new RandomAccessFile(filler.toFile(), "rw")) {
            file.setLength(Math.max(0, file.length() - bytes));
        }
    }

    @Test
    void theOldestArtifactsGiveWayToOneThatIsToBeFetched() throws IOException {
        deploy("one", 2 * MIB, 0);
        deploy("two", 2 * MIB, 0);
        leave(3 * MIB);
        // Needs 4.4 MiB.
        String three = artifact("three", 2 * MIB, 0);
        ok(ask("three", "deploy", three + ",\"plan\":true}"));
        assertThat(isCached("one")).as("a plan deletes nothing").isTrue();
        ok(ask("three", "deploy", three + "}"));
        assertThat(isCached("one")).isFalse();
        assertThat(isCached("two")).isTrue();
        assertThat(isCached("three")).isTrue();
        assertThat(agent.log()).contains("deletes artifact " + hash("one"));
    }

    @Test
    void noneIsDeletedInVain() throws IOException {
        deploy("one", MIB, 0);
        leave(2 * MIB);
        assertThat(code(ask("two", "deploy", artifact("two", 4 * MIB, 0) + "}")))
                .isEqualTo("disk_full");
        assertThat(isCached("one")).isTrue();
    }

    @Test
    void theyAlsoGiveWayToWhatAnArchiveUnpacksTo() throws IOException {
        deploy("one", 2 * MIB, 0);
        deploy("two", 2 * MIB, 0);
        leave(2 * MIB);
        deploy("large", 64 * 1024, 3 * MIB);
        assertThat(isCached("large")).isTrue();
        assertThat(isCached("one")).isFalse();
        assertThat(folder.resolve("data/services/.staging")).isEmptyDirectory();
    }

    @Test
    void theyAlsoGiveWayToWhatComesWithACommand() throws IOException {
        deploy("one", 2 * MIB, 0);
        Bundle small = Bundle.sleeper("small");
        small.files()
                .getAsJsonObject("run.sh")
                .addProperty("text", "#!/bin/sh\nexec sleep 600\n#" + "x".repeat(150_000));
        String payload = small.payload().replaceFirst("\\{", "{\"min_healthy\":\"100ms\",");
        // Less than the release needs beyond the state, in which the command must be recorded first.
        int step = 64 * 1024;
        JsonObject reply;
        int left = step;
        do {
            leave(left);
            assertThat(isCached("one")).isTrue();
            reply = ask("small", "deploy", payload);
            left += step;
        } while (!reply.get("ok").getAsBoolean() && left < 2 * MIB);
        ok(reply);
        assertThat(isCached("one")).isFalse();
    }
}
