package io.efka.agent.artifact;

import io.efka.threads.Timers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Artifacts on web servers. A transfer that breaks is continued with {@code Range}, and {@code If-Range} where the server
 * gave a version; a server that knows no ranges begins anew. Follows up to 5 redirects, never from https to http. Shows
 * credentials only to the host that they are for. Thread-safe.
 */
public final class HttpSource implements ArtifactSource, AutoCloseable {
    private static final Duration STALL = Duration.ofSeconds(60);

    /** Breaks that are answered at once, as long as each time {@link StallWatch#LEAST} bytes more arrive. */
    private static final int MAX_BREAKS = 20;

    private final Settings settings;
    private final Timers timers;
    private final Duration stall;
    private final RateLimit rate;
    private final SharedHttpClient client;

    /**
     * How web servers are used.
     *
     * @param allowHttp whether {@code http://} is allowed, where anybody on the way can read what is sent
     * @param credentials a private JSON file: {@code {"host": {"bearer"} or {"username", "password"}}}
     * @param rate bytes per second of all downloads together; 0: no limit
     * @param environment names the proxy: {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY}, {@code NO_PROXY}
     * @param authorities PEM file of those that are trusted, read anew now and then; empty: those of the JVM
     */
    public record Settings(
            boolean allowHttp,
            Optional<Path> credentials,
            long rate,
            Map<String, String> environment,
            Optional<Path> authorities) {
        public Settings {
            if (rate < 0) throw new IllegalArgumentException("download_rate must be at least 0, was " + rate);
            environment = Map.copyOf(environment);
        }
    }

    public HttpSource(Settings settings, Timers timers) {
        this(settings, timers, STALL);
    }

    /** @param stall how long a server may send next to nothing */
    HttpSource(Settings settings, Timers timers, Duration stall) {
        this.settings = settings;
        this.timers = timers;
        this.stall = stall;
        this.client = new SharedHttpClient(settings, timers);
        this.rate = new RateLimit(settings.rate(), timers);
    }

    /** Of all downloads together: other sources that use the network share it. */
    public RateLimit rate() {
        return rate;
    }

    @Override
    public boolean serves(URI source) {
        String scheme = ArtifactRef.scheme(source);
        return scheme.equals("https") || scheme.equals("http");
    }

    @Override
    public void fetch(URI source, PartialArtifact sink, Cancellation cancellation)
            throws IOException, SourceRefusedException {
        var requests = new HttpRequests(client.acquire(), settings, stall, cancellation);
        try {
            fetch(new HttpTransfer(source, requests, timers, stall, rate), sink, cancellation);
        } finally {
            client.release();
        }
    }

    private static void fetch(HttpTransfer transfer, PartialArtifact sink, Cancellation cancellation)
            throws IOException, SourceRefusedException {
        for (int breaks = 0; !sink.isComplete(); breaks++) {
            if (breaks == MAX_BREAKS) throw transfer.tooManyBreaks();
            long before = sink.received();
            try {
                transfer.attempt(sink, cancellation);
            } catch (DiskFailure e) {
                throw e;
            } catch (IOException broken) {
                cancellation.check();
                if (sink.received() < before + StallWatch.LEAST) throw broken;
            }
        }
    }

    /** Ends its threads. */
    @Override
    public void close() {
        client.close();
    }
}
