package io.efka.it.bench;

import io.efka.fixtures.Await;
import io.efka.it.AgentProcess;
import io.efka.it.Brokers;
import io.efka.it.TestBroker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code efka exporter} of 1,000 devices with 5,000 services: how long a scrape takes, and what the exporter costs. */
final class ExporterBenchmark implements Benchmark {
    private static final int DEVICES = 1_000;
    private static final int SERVICES = 5;
    private static final int CHANGES_A_SECOND = 200;
    private static final Duration MEASURED = Duration.ofSeconds(30);
    private static final Duration SCRAPE_INTERVAL = Duration.ofSeconds(15);

    private final HttpClient client = HttpClient.newHttpClient();

    @Override
    public String name() {
        return "exporter";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        String address = "127.0.0.1:" + Brokers.freePort();
        try (TestBroker broker = setup.stockBroker();
                var fleet = new Mqtt(broker, (topic, message) -> {})) {
            for (int i = 0; i < DEVICES; i++) {
                retain(fleet, "efka/device-" + i + "/status", birth());
                for (int j = 0; j < SERVICES; j++) retain(fleet, service(i, j) + "/status", status(0));
            }
            Process exporter = setup.script(
                            AgentProcess.WHOLE_JAR, "exporter", "--listen", address, "--broker", broker.uri())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                Await.until("all is read", Duration.ofSeconds(60), () -> isReady(address));
                for (int i = 0; i < DEVICES; i++) {
                    for (int j = 0; j < SERVICES; j++) retain(fleet, service(i, j) + "/metrics", metrics());
                }
                return measured(setup, address, fleet, exporter);
            } finally {
                exporter.destroy();
                exporter.waitFor();
            }
        }
    }

    private List<Row> measured(BenchSetup setup, String address, Mqtt fleet, Process exporter) throws Exception {
        int rounds = setup.rounds(20);
        var millis = new Measurements();
        String text = "";
        for (int i = 0; i < rounds; i++) {
            long begun = System.nanoTime();
            text = get(address, "/metrics").body();
            millis.addNanos(System.nanoTime() - begun);
        }
        long series = text.lines().filter(line -> !line.startsWith("#")).count();
        double quiet = cpu(exporter, fleet, address, 0);
        double busy = cpu(exporter, fleet, address, CHANGES_A_SECOND);
        return List.of(
                Row.atMost(
                        String.format(
                                Locale.ROOT, "a scrape of 1,000 devices with 5,000 services, %,d series, p50", series),
                        millis.median(),
                        2_000,
                        " ms",
                        "max " + Row.number(millis.max()) + ", " + text.length() / (1 << 20) + " MiB of text",
                        rounds),
                Row.atMost("the same: CPU at 200 changes/s and a scrape every 15 s", busy, 30, " % of a core", "", 1),
                Row.stated("the same without changes", Row.number(quiet) + " % of a core", 1),
                Row.stated("the same: resident memory", Row.number(residentMegabytes(exporter)) + " MB", 1));
    }

    /** Percent of a core. */
    private double cpu(Process exporter, Mqtt fleet, String address, int changesASecond) throws Exception {
        double before = Cpu.millis(exporter.pid());
        long begun = System.nanoTime();
        long scraped = begun;
        int sent = 0;
        while (System.nanoTime() - begun < MEASURED.toNanos()) {
            long due = (System.nanoTime() - begun) * changesASecond / TimeUnit.SECONDS.toNanos(1);
            while (sent < due) {
                retain(fleet, service(sent % DEVICES, sent % SERVICES) + "/status", status(sent));
                sent++;
            }
            if (System.nanoTime() - scraped > SCRAPE_INTERVAL.toNanos()) {
                scraped = System.nanoTime();
                get(address, "/metrics");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return 100 * (Cpu.millis(exporter.pid()) - before) / MEASURED.toMillis();
    }

    private boolean isReady(String address) {
        try {
            return get(address, "/-/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> get(String address, String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + address + path)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static double residentMegabytes(Process process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .sum();
    }

    private static String service(int device, int service) {
        return "efka/device-" + device + "/svc/service-" + service;
    }

    private static void retain(Mqtt fleet, String topic, String document) {
        fleet.retain(topic, document.getBytes(StandardCharsets.UTF_8));
    }

    private static String birth() {
        return "{\"v\":1,\"online\":true,\"session\":3,\"version\":\"0.2.0\",\"host\":\"gate7\",\"os\":\"Linux 6.1.0 amd64\","
                + "\"groups\":[\"all\",\"berlin\"],\"started_at\":\"2026-11-22T21:38:55.574Z\",\"services\":{\"running\":5}}";
    }

    private static String status(int restarts) {
        return "{\"v\":1,\"state\":\"running\",\"desired\":\"running\",\"ready\":true,\"health\":\"healthy\",\"pid\":4711,"
                + "\"run\":\"7\",\"restarts\":" + restarts
                + ",\"since\":\"2026-11-22T21:38:55.574Z\",\"release\":\"1.4.2-0f3a9c1e\","
                + "\"cause\":{\"kind\":\"command\",\"id\":\"a1\"},\"crash_loop\":false}";
    }

    private static String metrics() {
        return "{\"v\":1,\"at\":\"2026-11-22T21:39:25.739Z\",\"state\":\"running\",\"run\":\"7\",\"cpu_percent\":1.5,\"rss\":3612672,"
                + "\"processes\":2,\"threads\":2,\"fds\":7,\"uptime_ms\":29114,\"seconds_desired\":29.0,\"seconds_as_desired\":29.0}";
    }
}
