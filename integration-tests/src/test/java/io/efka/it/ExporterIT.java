package io.efka.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code efka exporter} as it is packaged, with a real broker, a made-up fleet and, where there is one, a real Prometheus. */
class ExporterIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Path SHIPPED = Path.of("../docker/prometheus");

    private final int port = Brokers.freePort();
    private final String address = "127.0.0.1:" + port;
    private final HttpClient client = HttpClient.newHttpClient();

    private MadeUpFleet fleet;
    private Path home;
    private FleetCli cli;

    @BeforeEach
    void start() {
        fleet = new MadeUpFleet();
        home = fleet.home();
        cli = fleet.cli();
        fleet.retain(
                "efka/gate7/status",
                "{\"online\":true,\"version\":\"1\\n\\\"x\",\"groups\":[\"all\",\"berlin\"],\"services\":{\"running\":1}}");
        fleet.retain("efka/gate8/status", "{\"online\":false,\"reason\":\"lost\"}");
        fleet.retain(
                "efka/gate7/svc/camera/status",
                "{\"state\":\"running\",\"run\":\"A\",\"restarts\":3,\"crash_loop\":true}");
    }

    @AfterEach
    void stop() {
        if (fleet != null) fleet.close();
    }

    private FleetCli.Running exporter() {
        FleetCli.Running exporter = cli.start("exporter", "exporter", "--listen", address);
        Await.until(exporter::said, SOON, () -> get(address, "/-/ready").isPresent());
        return exporter;
    }

    /** The body of an answer with code 200. */
    private Optional<String> get(String from, String path) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://" + from + path)).build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private boolean has(String line) {
        return get(address, "/metrics")
                .filter(text -> text.contains(line + "\n"))
                .isPresent();
    }

    @Test
    void aScrapeHasTheFleetAsItIs() {
        try (FleetCli.Running exporter = exporter()) {
            assertThat(get(address, "/metrics").orElseThrow())
                    .contains("efka_device_online{device=\"gate7\"} 1.0", "efka_device_online{device=\"gate8\"} 0.0")
                    .contains("version=\"1\\n\\\"x\"");
            fleet.publish("efka/gate7/svc/camera/metrics", "{\"run\":\"A\",\"rss\":4096}");
            Await.until(
                    "memory",
                    SOON,
                    () -> has("process_memory_usage_bytes{device=\"gate7\",service=\"camera\"} 4096.0"));
            fleet.retain("efka/gate7/svc/camera/status", "");
            Await.until("the service is gone", SOON, () -> has("efka_exporter_services 0.0"));
            assertThat(get(address, "/metrics").orElseThrow()).doesNotContain("camera");

            assertThat(cli.efka("exporter", "--listen", address).code()).isEqualTo(69);
            assertThat(exporter.interrupt()).isZero();
        }
    }

    @Test
    void withoutABrokerItSaysNothingOfTheFleetAndSigtermEndsIt() {
        try (FleetCli.Running exporter = exporter()) {
            fleet.loseBroker();
            Await.until("the loss is seen", SOON, () -> has("efka_exporter_connected 0.0"));
            assertThat(get(address, "/metrics").orElseThrow()).doesNotContain("gate7");
            assertThat(get(address, "/-/ready")).isEmpty();
            assertThat(get(address, "/-/healthy")).isPresent();
            assertThat(exporter.said()).contains("no connection to the broker, trying again");
            Shell.run("kill", "-TERM", String.valueOf(exporter.process().pid())).ok();
            assertThat(exporter.process().onExit().join().exitValue()).isZero();
        }
    }

    @Test
    void mistakesAreToldWithWhatWouldBeRight() {
        Shell.Result listen = cli.efka("exporter", "--listen", "9464x");
        assertThat(listen.code()).isEqualTo(64);
        assertThat(listen.err()).contains("--listen: must be HOST:PORT", "\"9464x\"");
        assertThat(cli.efka("exporter", "--max-series", "1").code()).isEqualTo(64);
    }

    @Test
    void aRealPrometheusScrapesItByTheShippedFilesAndAlerts() throws Exception {
        Assumptions.assumeTrue(Brokers.isOnPath("prometheus") && Brokers.isOnPath("promtool"), "no Prometheus here");
        String config = Files.readString(SHIPPED.resolve("prometheus.yml"));
        Files.writeString(
                home.resolve("prometheus.yml"),
                config.replace("127.0.0.1:9464", address).replace("15s", "1s"));
        Files.copy(SHIPPED.resolve("efka.rules.yml"), home.resolve("efka.rules.yml"));
        Shell.run("promtool", "check", "config", home.resolve("prometheus.yml").toString())
                .ok();
        Shell.run(
                        "promtool",
                        "test",
                        "rules",
                        SHIPPED.resolve("efka.rules.test.yml").toString())
                .ok();
        String web = "127.0.0.1:" + Brokers.freePort();
        try (FleetCli.Running exporter = exporter()) {
            Path scrape = home.resolve("scrape");
            Files.writeString(scrape, get(address, "/metrics").orElseThrow());
            Shell.run("sh", "-c", "promtool check metrics <" + scrape).ok();
            Process prometheus = prometheus(web);
            try {
                Await.until(
                        "gate7 is online in Prometheus",
                        SOON,
                        () -> asks(web, "efka_device_online{device=\"gate7\"}", "1"));
                assertThat(asks(web, "up", "1")).isTrue();
                assertThat(asks(web, "count(efka_service_state)", "8")).isTrue();
                Await.until(
                        "the crash loop is pending",
                        SOON,
                        () -> asks(web, "count(ALERTS{alertname=\"EfkaCrashLoop\",service=\"camera\"})", "1"));
            } finally {
                prometheus.destroy();
                prometheus.onExit().join();
            }
            assertThat(exporter.interrupt()).isZero();
        }
    }

    private Process prometheus(String web) throws IOException {
        return new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + home.resolve("prometheus.yml"),
                        "--storage.tsdb.path=" + home.resolve("tsdb"),
                        "--web.listen-address=" + web)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("prometheus.log").toFile())
                .start();
    }

    /** Whether the first series of the answer has this value. */
    private boolean asks(String web, String query, String value) {
        Optional<String> answer = get(web, "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        if (answer.isEmpty()) return false;
        var result = JsonParser.parseString(answer.get())
                .getAsJsonObject()
                .getAsJsonObject("data")
                .getAsJsonArray("result");
        if (result.isEmpty()) return false;
        JsonObject first = result.get(0).getAsJsonObject();
        return first.getAsJsonArray("value").get(1).getAsString().equals(value);
    }
}
