package io.efka.fleet.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ScrapeServerTest {
    private static final String SERIES = "efka_device_online{device=\"gate7\"} 1.0";

    private final HttpClient client = HttpClient.newHttpClient();
    private volatile Optional<String> why = Optional.empty();
    private volatile boolean isBroken;
    private ScrapeServer server;

    @BeforeEach
    void open() throws IOException {
        server =
                new ScrapeServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), new ScrapeServer.Source() {
                    @Override
                    public CompletableFuture<SampleSet> samples() {
                        if (isBroken) return CompletableFuture.failedFuture(new IllegalStateException("broken"));
                        var samples = new SampleSet(10);
                        samples.addAll(List.of(Sample.of(Family.DEVICE_ONLINE, 1, "gate7")));
                        return CompletableFuture.completedFuture(samples);
                    }

                    @Override
                    public CompletableFuture<Optional<String>> incompleteness() {
                        return CompletableFuture.completedFuture(why);
                    }
                });
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                .timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = request(path);
        if (headers.length > 0) request.headers(headers);
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @Test
    void metricsComeInTheFormatThatIsAskedFor() throws Exception {
        HttpResponse<byte[]> plain = get("/metrics");
        assertThat(plain.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain; version=0.0.4");
        assertThat(text(plain))
                .contains("# TYPE efka_device_online gauge", SERIES)
                .doesNotContain("# EOF");

        HttpResponse<byte[]> open =
                get("/metrics", "Accept", "application/openmetrics-text; version=1.0.0,text/plain;q=0.5");
        assertThat(open.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/openmetrics-text");
        assertThat(text(open)).contains(SERIES).endsWith("# EOF\n");
    }

    @Test
    void metricsAreZippedForThoseWhoCanReadIt() throws Exception {
        HttpResponse<byte[]> zipped = get("/metrics", "Accept-Encoding", "gzip");
        try (var in = new GZIPInputStream(new java.io.ByteArrayInputStream(zipped.body()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains(SERIES);
        }
    }

    @Test
    void readinessSaysWhatIsMissing() throws Exception {
        assertThat(get("/-/ready").statusCode()).isEqualTo(200);
        why = Optional.of("no connection");
        assertThat(get("/-/ready").statusCode()).isEqualTo(503);
        assertThat(text(get("/-/ready"))).isEqualTo("no connection\n");
        assertThat(get("/-/healthy").statusCode()).isEqualTo(200);
    }

    @Test
    void whatElseIsAskedIsAnsweredWithAnError() throws Exception {
        assertThat(get("/metricsx").statusCode()).isEqualTo(404);
        HttpRequest post = request("/metrics")
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build();
        assertThat(client.send(post, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(405);
        HttpRequest head = request("/metrics")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(client.send(head, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(200);
        isBroken = true;
        assertThat(get("/metrics").statusCode()).isEqualTo(500);
    }

    @Test
    void aPortInUseIsAnError() {
        assertThatThrownBy(() -> new ScrapeServer(server.address(), new ScrapeServer.Source() {
                    @Override
                    public CompletableFuture<SampleSet> samples() {
                        throw new AssertionError();
                    }

                    @Override
                    public CompletableFuture<Optional<String>> incompleteness() {
                        throw new AssertionError();
                    }
                }))
                .isInstanceOf(BindException.class);
    }

    @Test
    void scrapersThatHangAreCutOffAndOthersGetTheirAnswer() throws Exception {
        var hanging = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 100; i++) {
                var socket = new Socket(
                        server.address().getAddress(), server.address().getPort());
                socket.getOutputStream().write("GET /metrics HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
                hanging.add(socket);
            }
            assertThat(text(get("/metrics"))).contains(SERIES); // at the latest when those before are cut off
            for (Socket socket : hanging) {
                socket.setSoTimeout(30_000);
                assertThat(isCutOff(socket)).isTrue();
            }
        } finally {
            for (Socket socket : hanging) socket.close();
        }
    }

    private static boolean isCutOff(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true; // reset, since what was sent has not been read
        }
    }
}
