package io.efka.fleet.exporter;

import io.efka.fleet.http.HttpEndpoint;
import io.efka.fleet.http.HttpRequest;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/** Answers scrapes. */
public final class ScrapeServer implements AutoCloseable {
    /** How long the session may be busy. */
    private static final Duration ANSWER = Duration.ofSeconds(8);

    private final HttpEndpoint endpoint;
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
        this.source = source;
        this.endpoint = new HttpEndpoint(address, "efka-scrape", this::answer);
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return endpoint.address();
    }

    private void answer(HttpRequest request) throws IOException {
        switch (request.path()) {
            case "/metrics" -> scrape(request);
            case "/-/healthy" -> ask(request, source::samples).ifPresent(samples -> request.say(200, "healthy"));
            case "/-/ready" ->
                ask(request, source::incompleteness)
                        .ifPresent(why -> request.say(why.isEmpty() ? 200 : 503, why.orElse("ready")));
            case "/" -> request.say(200, "efka exporter: /metrics, /-/healthy, /-/ready");
            default -> request.say(404, "not found: /metrics, /-/healthy, /-/ready");
        }
    }

    private void scrape(HttpRequest request) throws IOException {
        Optional<SampleSet> samples = ask(request, source::samples);
        if (samples.isEmpty()) return;
        ExpositionFormatWriter writer = request.accepts("Accept", "application/openmetrics-text")
                ? OpenMetricsTextFormatWriter.create()
                : PrometheusTextFormatWriter.create();
        boolean isZipped = request.acceptsGzip();
        var text = new ByteArrayOutputStream();
        try (OutputStream out = isZipped ? new GZIPOutputStream(text) : text) {
            writer.write(out, samples.get().snapshots());
        }
        request.header("Content-Type", writer.getContentType());
        if (isZipped) request.header("Content-Encoding", "gzip");
        request.send(200, text.toByteArray());
    }

    /** Waits for an answer; if none comes, says so to the client. */
    private static <T> Optional<T> ask(HttpRequest request, Supplier<CompletableFuture<T>> question) {
        try {
            return Optional.of(question.get().get(ANSWER.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            request.say(503, "busy for longer than " + ANSWER.toSeconds() + " s");
        } catch (ExecutionException e) {
            request.say(500, "failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            request.say(503, "ending");
        }
        return Optional.empty();
    }

    /** Ends at once; whoever is being answered is cut off. */
    @Override
    public void close() {
        endpoint.close();
    }
}
