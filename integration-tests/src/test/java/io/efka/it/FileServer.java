package io.efka.it;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;

/** A web server of files on the loopback: with ranges, and as bad as it is told to be. Remembers what it was asked. */
public final class FileServer implements AutoCloseable {
    private static final int PIECE = 16 * 1024;

    private final String scheme;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Page> pages = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** @param range and {@code authorization}: the headers; "" where there is none */
    public record Request(String path, String range, String authorization) {}

    /**
     * How a file is served.
     *
     * @param most bytes of one answer, after which the connection breaks
     * @param pause after every 16 KiB
     */
    public record Manner(long most, Duration pause) {
        public static final Manner WELL = new Manner(Long.MAX_VALUE, Duration.ZERO);

        public static Manner breakingAfter(long bytes) {
            return new Manner(bytes, Duration.ZERO);
        }

        /** 160 KiB/s. */
        public static Manner slowly() {
            return new Manner(Long.MAX_VALUE, Duration.ofMillis(100));
        }
    }

    private interface Page {
        void answer(HttpExchange exchange) throws IOException;
    }

    public FileServer() {
        this("http", server(Optional.empty()));
    }

    /** Over TLS. */
    public FileServer(SSLContext identity) {
        this("https", server(Optional.of(identity)));
    }

    private FileServer(String scheme, HttpServer server) {
        this.scheme = scheme;
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private static HttpServer server(Optional<SSLContext> identity) {
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            if (identity.isEmpty()) return HttpServer.create(loopback, 0);
            HttpsServer secure = HttpsServer.create(loopback, 0);
            secure.setHttpsConfigurator(new HttpsConfigurator(identity.get()));
            return secure;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that nobody can reach any more. */
    public FileServer closed() {
        close();
        return this;
    }

    public String url(String path) {
        return scheme + "://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public void file(String path, Path file, Manner manner) {
        pages.put(path, exchange -> serve(exchange, file, manner));
    }

    /** A file only for who shows this. */
    public void secret(String path, Path file, String authorization) {
        pages.put(path, exchange -> {
            if (header(exchange.getRequestHeaders(), "Authorization").equals(authorization))
                serve(exchange, file, Manner.WELL);
            else exchange.sendResponseHeaders(401, -1);
        });
    }

    public void redirect(String path, String location) {
        pages.put(path, exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(302, -1);
        });
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getRequestHeaders();
            String path = exchange.getRequestURI().getPath();
            requests.add(new Request(path, header(headers, "Range"), header(headers, "Authorization")));
            Page page = pages.get(path);
            if (page == null) exchange.sendResponseHeaders(404, -1);
            else page.answer(exchange);
        }
    }

    private static String header(Headers headers, String name) {
        return Optional.ofNullable(headers.getFirst(name)).orElse("");
    }

    private static void serve(HttpExchange exchange, Path file, Manner manner) throws IOException {
        String etag = "\"" + Files.size(file) + "\"";
        String range = header(exchange.getRequestHeaders(), "Range");
        String ifRange = header(exchange.getRequestHeaders(), "If-Range");
        boolean isPart = !range.isEmpty() && (ifRange.isEmpty() || ifRange.equals(etag));
        long size = Files.size(file);
        long from = isPart ? Long.parseLong(range.replaceAll("\\D", "")) : 0;
        exchange.getResponseHeaders().set("ETag", etag);
        if (isPart) exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (size - 1) + "/" + size);
        exchange.sendResponseHeaders(isPart ? 206 : 200, size - from);
        send(file, from, manner, exchange.getResponseBody());
    }

    private static void send(Path file, long from, Manner manner, OutputStream body) throws IOException {
        var buffer = new byte[PIECE];
        try (var in = Files.newInputStream(file)) {
            in.skipNBytes(from);
            long left = manner.most();
            for (int count = in.read(buffer); count > 0 && left > 0; count = in.read(buffer)) {
                int now = (int) Math.min(count, left);
                body.write(buffer, 0, now);
                body.flush();
                left -= now;
                LockSupport.parkNanos(manner.pause().toNanos());
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
