package io.efka.agent.artifact;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** A web server on the loopback that misbehaves as told, and remembers what it was asked. */
final class WebServer implements AutoCloseable {
    private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final String scheme;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Page> pages = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** One request: its path, and headers that matter; "" where there is none. */
    record Request(String host, String path, String range, String ifRange, String authorization) {}

    interface Page {
        void answer(HttpExchange exchange) throws IOException;
    }

    WebServer() throws IOException {
        this("http", HttpServer.create(LOOPBACK, 0));
    }

    /** Over TLS. */
    static WebServer secure(SSLContext identity) throws IOException {
        HttpsServer server = HttpsServer.create(LOOPBACK, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(identity));
        return new WebServer("https", server);
    }

    private WebServer(String scheme, HttpServer server) {
        this.scheme = scheme;
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    URI uri(String path) {
        return URI.create(scheme + "://127.0.0.1:" + port() + path);
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    WebServer page(String path, Page page) {
        pages.put(path, page);
        return this;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getRequestHeaders();
            String path = exchange.getRequestURI().getPath();
            requests.add(new Request(
                    headers.getFirst("Host"),
                    path,
                    header(headers, "Range"),
                    header(headers, "If-Range"),
                    header(headers, "Authorization")));
            pages.getOrDefault(path, status(404)).answer(exchange);
        }
    }

    private static String header(Headers headers, String name) {
        return Optional.ofNullable(headers.getFirst(name)).orElse("");
    }

    static Page status(int status) {
        return exchange -> exchange.sendResponseHeaders(status, -1);
    }

    static Page redirect(String location) {
        return exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(302, -1);
        };
    }

    /** All of it, whatever was asked for. */
    static Page whole(byte[] content) {
        return exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
        };
    }

    /** All of it, without saying how long it is. */
    static Page chunked(byte[] content) {
        return exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(content);
        };
    }

    /** Each page answers once; the last one goes on. */
    static Page oneByOne(Page... pages) {
        var left = new CopyOnWriteArrayList<>(pages);
        return exchange -> (left.size() > 1 ? left.remove(0) : left.get(0)).answer(exchange);
    }

    /** Ranges as of RFC 9110, and a connection that breaks after {@code most} bytes of an answer. */
    static Page ranges(byte[] content, String etag, int most) {
        return exchange -> {
            Headers headers = exchange.getRequestHeaders();
            String range = header(headers, "Range");
            String ifRange = header(headers, "If-Range");
            boolean isPart = !range.isEmpty() && (ifRange.isEmpty() || ifRange.equals(etag));
            int from = isPart ? Integer.parseInt(range.replaceAll("\\D", "")) : 0;
            exchange.getResponseHeaders().set("ETag", etag);
            if (isPart) {
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
            }
            int length = content.length - from;
            exchange.sendResponseHeaders(isPart ? 206 : 200, length);
            OutputStream body = exchange.getResponseBody();
            body.write(content, from, Math.min(most, length));
            body.flush();
        };
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
