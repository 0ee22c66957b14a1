package io.efka.fleet.exporter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/**
 * Answers scrapes. A few threads of its own do; a connection that is slow is closed after a while, so those that hang delay other
 * scrapers and nothing else.
 */
public final class ScrapeServer implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int MAX_WAITING = 64;

    /** How long the session may be busy. */
    private static final Duration ANSWER = Duration.ofSeconds(8);

    /** What the JDK's server reads once, at its first use: seconds for a request to come, and for its answer to go. */
    private static final String REQUEST_LIMIT = "sun.net.httpserver.maxReqTime";

    private static final String RESPONSE_LIMIT = "sun.net.httpserver.maxRspTime";

    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final Source source;

    /** What is to be told. Called on the server's threads; each answer is completed by another. */
    public interface Source {
        /** The samples of now. */
        CompletableFuture<SampleSet> samples();

        /** Why a scrape does not have the whole fleet; empty if it has. */
        CompletableFuture<Optional<String>> incompleteness();
    }

    /**
     * Listens from now on.
     *
     * @throws IOException if it cannot, as when the port is in use
     */
    public ScrapeServer(InetSocketAddress address, Source source) throws IOException {
        limit(REQUEST_LIMIT, 10);
        limit(RESPONSE_LIMIT, 30);
        this.source = source;
        this.server = HttpServer.create(address, MAX_WAITING);
        var number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                task -> {
                    var thread = new Thread(task, "efka-scrape-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                // The connection is closed when its limit is over.
                new ThreadPoolExecutor.DiscardPolicy());
        threads.allowCoreThreadTimeOut(true);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private static void limit(String property, int seconds) {
        if (System.getProperty(property) == null) System.setProperty(property, Integer.toString(seconds));
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            if (!isHead && !exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                say(exchange, 405, "only GET and HEAD");
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/metrics" -> scrape(exchange, isHead);
                case "/-/healthy" -> ask(exchange, source::samples).ifPresent(samples -> say(exchange, 200, "healthy"));
                case "/-/ready" ->
                    ask(exchange, source::incompleteness)
                            .ifPresent(why -> say(exchange, why.isEmpty() ? 200 : 503, why.orElse("ready")));
                case "/" -> say(exchange, 200, "efka exporter: /metrics, /-/healthy, /-/ready");
                default -> say(exchange, 404, "not found: /metrics, /-/healthy, /-/ready");
            }
        }
    }

    private void scrape(HttpExchange exchange, boolean isHead) throws IOException {
        Optional<SampleSet> samples = ask(exchange, source::samples);
        if (samples.isEmpty()) return;
        ExpositionFormatWriter writer = header(exchange, "Accept").contains("application/openmetrics-text")
                ? OpenMetricsTextFormatWriter.create()
                : PrometheusTextFormatWriter.create();
        boolean isZipped = header(exchange, "Accept-Encoding").contains("gzip");
        var text = new ByteArrayOutputStream();
        try (OutputStream out = isZipped ? new GZIPOutputStream(text) : text) {
            writer.write(out, samples.get().snapshots());
        }
        exchange.getResponseHeaders().set("Content-Type", writer.getContentType());
        if (isZipped) exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        exchange.sendResponseHeaders(200, isHead ? -1 : text.size());
        if (!isHead) text.writeTo(exchange.getResponseBody());
    }

    /** Waits for an answer; if none comes, says so to the client. */
    private static <T> Optional<T> ask(HttpExchange exchange, Supplier<CompletableFuture<T>> question) {
        try {
            return Optional.of(question.get().get(ANSWER.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            say(exchange, 503, "busy for longer than " + ANSWER.toSeconds() + " s");
        } catch (ExecutionException e) {
            say(exchange, 500, "failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            say(exchange, 503, "ending");
        }
        return Optional.empty();
    }

    private static String header(HttpExchange exchange, String name) {
        return String.join(",", exchange.getRequestHeaders().getOrDefault(name, java.util.List.of()));
    }

    private static void say(HttpExchange exchange, int code, String text) {
        byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        try {
            exchange.sendResponseHeaders(code, isHead ? -1 : line.length);
            if (!isHead) exchange.getResponseBody().write(line);
        } catch (IOException e) {
            // Who asked is gone.
        }
    }

    /** Ends at once; whoever is being answered is cut off. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
