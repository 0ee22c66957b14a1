package io.efka.it;

import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.artifact.CachedArtifact;
import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Artifacts over the broker: a Mosquitto as it comes, the packaged {@code efka artifact push}, and devices, of which one is
 * the packaged agent.
 */
class ArtifactTransferIT {
    private static final int MB = 1_000_000;
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final String QUICK = "\"min_healthy\":\"300ms\",\"healthy_deadline\":\"20s\"";

    private TestBroker broker;
    private Path folder;

    @BeforeEach
    void start() {
        broker = Brokers.stock();
        folder = Folders.create("transfer");
    }

    @AfterEach
    void stop() {
        broker.close();
        Folders.delete(folder);
    }

    private Archive archive(long ballast) {
        Bundle bundle = Bundle.script("cam", "echo runs", "exec sleep 1000").with("release", "\"1.0\"");
        return Archive.of(bundle, folder.resolve("archives"), ballast);
    }

    private AgentProcess push(URI uri, Archive archive, String... more) {
        var arguments =
                new ArrayList<String>(List.of("artifact", "push", archive.file().toString()));
        arguments.addAll(List.of("--broker", uri.toString()));
        arguments.addAll(List.of(more));
        return AgentProcess.fleet(folder.resolve("push.log"), arguments);
    }

    private static String deploy(Archive archive) {
        return "{\"artifact\":" + archive.artifact("mqtt:") + "," + QUICK + "}";
    }

    private void awaitOffer(Watcher watcher) {
        watcher.await("the info", seen -> seen.topic().endsWith("/info"));
    }

    private static List<Integer> chunks(Watcher watcher) {
        return watcher.all().stream()
                .filter(seen -> seen.topic().contains("/chunk/"))
                .map(seen ->
                        Integer.parseInt(seen.topic().substring(seen.topic().lastIndexOf('/') + 1)))
                .toList();
    }

    @Test
    void tenDevicesGetItWholeFromOneTransfer() throws Exception {
        Archive archive = archive(20 * MB);
        try (var proxy = new FlakyProxy(broker.port());
                var device = new Device(broker, "dev10").start();
                var others = new ArtifactReceivers(9, broker.uri(), folder.resolve("devices"));
                AgentProcess push = push(proxy.uri(), archive, "--rate", "10MiB/s", "--devices", "10")) {
            List<CompletableFuture<CachedArtifact>> fetched = others.fetch(archive);

            ok(device.ask("cam", "deploy", deploy(archive)));
            device.awaitOutput("cam", "runs\n");
            for (CompletableFuture<CachedArtifact> one : fetched) {
                assertThat(one).succeedsWithin(LONG);
                assertThat(Files.mismatch(one.get().path(), archive.file())).isEqualTo(-1);
            }
            assertThat(push.exitCode()).as(push.log()).isZero();

            assertThat(proxy.bytesFromClients())
                    .as("bytes that the publisher sent, of %s", archive.size())
                    .isBetween(archive.size(), (long) (1.3 * archive.size()));
            assertThat(push.log()).contains("10 of 10 have it", "times the file");
            JsonObject printed = JsonParser.parseString(push.log()
                            .lines()
                            .filter(line -> line.startsWith("{"))
                            .findFirst()
                            .orElseThrow())
                    .getAsJsonObject();
            assertThat(printed).isEqualTo(archive.artifact("mqtt:"));
        }
    }

    @Test
    void aHeapOfHalfTheArtifactIsEnoughAndCommandsAreAnsweredMeanwhile() {
        Archive archive = archive(64 * MB);
        try (var device = new Device(broker, "small")) {
            device.launchIn(AgentProcess.World.USUAL.with("-Xmx32m"));
            device.awaitOnline();
            try (var watcher = new Watcher(broker, "efka/group/all/artifact/+/have/+");
                    AgentProcess push = push(URI.create(broker.uri()), archive, "--rate", "16MiB/s")) {
                device.watcher().publish(device.topic("cam", "cmd/deploy"), deploy(archive));
                watcher.await("some chunks", seen -> seen.json().get("chunks").getAsInt() > 100);
                for (int i = 0; i < 20; i++) {
                    long begun = System.nanoTime();
                    ok(device.ask("ping", ""));
                    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
                }
                device.awaitOutput("cam", "runs\n");
                assertThat(push.isAlive()).isTrue();
            }
        }
    }

    @Test
    void aDeviceHelpsOutWhenThePublisherIsGoneAlsoOneThatIsKilledMeanwhile() throws IOException {
        Archive archive = archive(6 * MB);
        try (var helper = new Device(broker, "helper").start("--serve-artifacts", "true");
                var late = new Device(broker, "late").start()) {
            try (AgentProcess push = push(URI.create(broker.uri()), archive, "--rate", "0", "--devices", "1")) {
                ok(helper.ask("cam", "deploy", deploy(archive)));
                assertThat(push.exitCode()).as(push.log()).isZero();
            }
            try (var watcher = new Watcher(broker, "efka/group/all/artifact/#")) {
                late.watcher().publish(late.topic("cam", "cmd/deploy"), deploy(archive));
                watcher.await(
                        "an answer of the helper",
                        seen -> seen.topic().endsWith("/answer")
                                && seen.json().get("by").getAsString().equals("helper")
                                && seen.json().get("peer").getAsBoolean());
                Await.until("half of it", LONG, () -> chunks(watcher).size() > 45);
                late.agent().kill();
                late.start();
                late.awaitOutput("cam", "runs\n");

                assertThat(chunks(watcher).size())
                        .as("chunks that were sent, of 92")
                        .isBetween(92, 92 + 64);
            }
        }
    }

    @Test
    void withoutADeviceThatAsksPushSaysSo() {
        try (AgentProcess push = push(URI.create(broker.uri()), archive(0), "--wait", "1s")) {
            assertThat(push.exitCode()).isEqualTo(3);
            assertThat(push.log()).contains("no device of group all has asked for it for 1 s");
        }
    }

    @Test
    void withoutABrokerPushSaysSo() {
        try (AgentProcess push = push(URI.create("tcp://127.0.0.1:" + Brokers.freePort()), archive(0))) {
            assertThat(push.exitCode()).isEqualTo(69);
            assertThat(push.log()).contains("no connection to the broker within 15 s");
        }
    }

    @Test
    void aFolderServesWhatADeviceAsksFor() {
        Archive archive = archive(MB);
        try (var device = new Device(broker, "dev1").start();
                var watcher = new Watcher(broker, "efka/group/all/artifact/+/info");
                AgentProcess serve = AgentProcess.fleet(
                        folder.resolve("serve.log"),
                        List.of(
                                "artifact",
                                "serve",
                                folder.resolve("archives").toString(),
                                "--broker",
                                broker.uri()))) {
            ok(device.ask("cam", "deploy", deploy(archive)));

            awaitOffer(watcher);
            assertThat(serve.terminate()).isZero();
            assertThat(serve.log())
                    .contains("serving 1 files", "sending " + archive.file().getFileName());
        }
    }
}
