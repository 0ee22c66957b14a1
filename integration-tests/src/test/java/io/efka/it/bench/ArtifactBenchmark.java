package io.efka.it.bench;

import io.efka.agent.artifact.CachedArtifact;
import io.efka.it.AgentProcess;
import io.efka.it.Archive;
import io.efka.it.ArtifactReceivers;
import io.efka.it.FlakyProxy;
import io.efka.it.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * 20 MB from one {@code efka artifact push} to ten devices, over a Mosquitto with the settings of its package: the bytes
 * that the publisher sends, as a proxy before the broker counts them, and the time until the last device has it.
 */
final class ArtifactBenchmark implements Benchmark {
    private static final int DEVICES = 10;
    private static final int SIZE = 20_000_000;

    @Override
    public String name() {
        return "artifact";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        int rounds = setup.rounds(5);
        var ratio = new Measurements();
        var fast = new Measurements();
        for (int round = 0; round < rounds; round++) transfer(setup, "0", "fast" + round, ratio, fast);
        var paced = new Measurements();
        var pacedRatio = new Measurements();
        transfer(setup, "1MiB/s", "paced", pacedRatio, paced);
        return List.of(
                Row.atMost(
                        "20 MB from one push to 10 devices: bytes that the publisher sent / 20 MB, max",
                        Math.max(ratio.max(), pacedRatio.max()),
                        1.3,
                        " x",
                        "",
                        rounds + 1),
                Row.stated(
                        "the same: until the last device has it, with --rate 0, p50",
                        Row.number(fast.median()) + " ms",
                        rounds),
                Row.stated(
                        "the same at 1 MiB/s, of which 19.1 s is the artifact's own",
                        Row.number(paced.median()) + " ms",
                        1));
    }

    private static void transfer(BenchSetup setup, String rate, String name, Measurements ratio, Measurements millis)
            throws Exception {
        Path folder = Files.createDirectories(setup.folder().resolve(name));
        Archive artifact = artifact(folder.resolve("artifact"), name.hashCode());
        try (TestBroker broker = setup.stockBroker();
                var proxy = new FlakyProxy(broker.port());
                var devices = new ArtifactReceivers(DEVICES, broker.uri(), folder);
                AgentProcess push = AgentProcess.fleet(
                        folder.resolve("push.log"),
                        List.of(
                                "artifact",
                                "push",
                                artifact.file().toString(),
                                "--broker",
                                proxy.uri().toString(),
                                "--rate",
                                rate,
                                "--devices",
                                String.valueOf(DEVICES)))) {
            while (!push.log().contains(artifact.hash().hex())) {
                if (!push.isAlive()) throw new IOException(push.log());
                Thread.sleep(10);
            }
            long begun = System.nanoTime();
            for (CompletableFuture<CachedArtifact> one : devices.fetch(artifact)) {
                one.get(Duration.ofMinutes(3).toMillis(), TimeUnit.MILLISECONDS);
            }
            millis.addNanos(System.nanoTime() - begun);
            if (push.exitCode() != 0) throw new IOException(push.log());
            ratio.add((double) proxy.bytesFromClients() / SIZE);
        }
    }

    private static Archive artifact(Path file, int seed) throws IOException {
        var content = new byte[SIZE];
        new Random(seed).nextBytes(content);
        return Archive.of(Files.write(file, content));
    }
}
