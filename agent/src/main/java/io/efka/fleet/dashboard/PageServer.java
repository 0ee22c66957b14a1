package io.efka.fleet.dashboard;

import io.efka.fleet.http.HttpEndpoint;
import io.efka.fleet.http.HttpRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/**
 * Serves the page at {@code /}, and nothing else. Any {@code Host} header will do: the page holds no secret and does nothing at
 * this server, so a name that is rebound to this machine gains nothing.
 */
public final class PageServer implements AutoCloseable {
    private final byte[] page;
    private final byte[] zipped;
    private final HttpEndpoint endpoint;

    /**
     * Listens from now on.
     *
     * @throws IOException if it cannot, as when the port is in use
     */
    public PageServer(InetSocketAddress address, String page) throws IOException {
        this.page = page.getBytes(StandardCharsets.UTF_8);
        this.zipped = zipped(this.page);
        this.endpoint = new HttpEndpoint(address, "efka-page", this::answer);
    }

    private static byte[] zipped(byte[] plain) throws IOException {
        var zipped = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(zipped)) {
            out.write(plain);
        }
        return zipped.toByteArray();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return endpoint.address();
    }

    private void answer(HttpRequest request) throws IOException {
        request.header("X-Content-Type-Options", "nosniff");
        request.header("Referrer-Policy", "no-referrer");
        request.header("Cache-Control", "no-cache"); // a newer efka on the same port has a newer page
        if (!request.path().equals("/")) {
            request.say(404, "not found: the page is at /");
            return;
        }
        // What the page may load and connect to is in the page itself, but this a page cannot say of itself.
        request.header("Content-Security-Policy", "frame-ancestors 'none'");
        request.header("Cross-Origin-Opener-Policy", "same-origin");
        request.header("Cross-Origin-Resource-Policy", "same-origin");
        request.header("Content-Type", "text/html; charset=utf-8");
        request.header("Vary", "Accept-Encoding");
        boolean isZipped = request.acceptsGzip();
        if (isZipped) request.header("Content-Encoding", "gzip");
        request.send(200, isZipped ? zipped : page);
    }

    /** Ends at once. */
    @Override
    public void close() {
        endpoint.close();
    }
}
