package io.efka.it.bench;

import io.efka.fixtures.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** From the start of the JVM to its services running, and to being online. */
final class BootBenchmark implements Benchmark {
    private static final Map<String, String> WITHOUT_ARCHIVE =
            Map.of("EFKA_JAVA_OPTS", "-Xshare:auto -XX:SharedArchiveFile=/nonexistent");

    @Override
    public String name() {
        return "boot";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        try (Stamps stamps = new Stamps(setup.folder())) {
            Boots hundred = measure(setup, stamps, 100, Map.of(), setup.rounds(15));
            Boots ten = measure(setup, stamps, 10, Map.of(), setup.rounds(15));
            Boots plain = measure(setup, stamps, 10, WITHOUT_ARCHIVE, setup.rounds(10));
            return List.of(
                    Row.atMost(
                            "JVM start to 100 services running p50",
                            hundred.running.median(),
                            1200,
                            " ms",
                            hundred.running + "; online at " + hundred.online,
                            hundred.running.count()),
                    Row.atMost(
                            "JVM start to online with 10 services p50",
                            ten.online.median(),
                            900,
                            " ms",
                            ten.online + "; services running at " + ten.running,
                            ten.online.count()),
                    Row.stated(
                            "the same without the archive of --make-cds",
                            "p50 " + plain.online + " ms",
                            plain.online.count()));
        }
    }

    private record Boots(Measurements running, Measurements online) {}

    private static Boots measure(
            BenchSetup setup, Stamps stamps, int services, Map<String, String> environment, int rounds)
            throws Exception {
        Path data = setup.data();
        for (int i = 0; i < services; i++) write(data, Script.of("service-" + i, stamps.script()));
        var boots = new Boots(new Measurements(), new Measurements());
        for (int i = -1; i < rounds; i++) { // the first one records the services, and does not count
            stamps.forget();
            try (RunningAgent agent = setup.agent(data, setup.broker(), environment)) {
                long last = 0;
                for (int started = 0; started < services; started++)
                    last = stamps.next().at();
                Await.until("online", Duration.ofSeconds(20), () -> agent.onlineAt() > 0);
                if (i < 0) continue;
                boots.running.addNanos(last - agent.begun());
                boots.online.addNanos(agent.onlineAt() - agent.begun());
            }
        }
        return boots;
    }

    static void write(Path data, Script script) throws Exception {
        Path folder = Files.createDirectories(data.resolve("services").resolve(script.service()));
        Path file = Files.writeString(folder.resolve("run.sh"), script.text());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(folder.resolve("manifest.json"), script.manifest().toString());
    }
}
