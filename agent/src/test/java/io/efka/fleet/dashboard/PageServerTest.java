package io.efka.fleet.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PageServerTest {
    private static final String PAGE = "<!doctype html><title>Flötte</title>";

    private final HttpClient client = HttpClient.newHttpClient();
    private PageServer server;

    @BeforeEach
    void open() throws IOException {
        server = new PageServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), PAGE);
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

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    @Test
    void thePageIsServedWithHeadersThatKeepItToItself() throws Exception {
        HttpResponse<byte[]> page = send(request("/"));

        assertThat(new String(page.body(), UTF_8)).isEqualTo(PAGE);
        assertThat(page.headers().map())
                .contains(
                        header("content-type", "text/html; charset=utf-8"),
                        header("content-security-policy", "frame-ancestors 'none'"),
                        header("x-content-type-options", "nosniff"),
                        header("referrer-policy", "no-referrer"),
                        header("cache-control", "no-cache"),
                        header("cross-origin-opener-policy", "same-origin"),
                        header("cross-origin-resource-policy", "same-origin"),
                        header("vary", "Accept-Encoding"));
        assertThat(page.headers().map()).doesNotContainKey("content-encoding");
    }

    private static Map.Entry<String, List<String>> header(String name, String value) {
        return Map.entry(name, List.of(value));
    }

    @Test
    void itIsZippedForThoseWhoCanReadIt() throws Exception {
        HttpResponse<byte[]> page = send(request("/").header("Accept-Encoding", "br, gzip"));

        assertThat(page.headers().firstValue("Content-Encoding")).contains("gzip");
        try (var in = new GZIPInputStream(new ByteArrayInputStream(page.body()))) {
            assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo(PAGE);
        }
    }

    @Test
    void headHasTheHeadersOnly() throws Exception {
        HttpResponse<byte[]> head = send(request("/").method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(head.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/favicon.ico", "/index.html", "/../../etc/passwd", "/%2e%2e/etc/passwd", "/?/x/"})
    void nothingElseIsServed(String path) throws Exception {
        HttpResponse<byte[]> answer = send(request(path));

        boolean isPage = path.equals("/?/x/");
        assertThat(answer.statusCode()).isEqualTo(isPage ? 200 : 404);
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void nothingCanBeSentToIt(String method) throws Exception {
        HttpResponse<byte[]> answer = send(request("/").method(method, HttpRequest.BodyPublishers.ofString("x")));

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    @Test
    void aPortInUseIsAnError() {
        assertThatThrownBy(() -> new PageServer(server.address(), PAGE)).isInstanceOf(BindException.class);
    }
}
