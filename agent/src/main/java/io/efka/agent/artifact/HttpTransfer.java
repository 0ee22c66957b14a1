package io.efka.agent.artifact;

import io.efka.protocol.ErrorCode;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The attempts to fetch one artifact from one web server. Remembers which version the server began with. Not thread-safe. */
final class HttpTransfer {
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int NO_SUCH_RANGE = 416;
    private static final Pattern SENDABLE = Pattern.compile("[ -~]{1,256}");
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

    private final URI source;
    private final HttpRequests requests;
    private final Timers timers;
    private final Duration stall;
    private final RateLimit rate;
    private Optional<String> version = Optional.empty();

    HttpTransfer(URI source, HttpRequests requests, Timers timers, Duration stall, RateLimit rate) {
        this.source = source;
        this.requests = requests;
        this.timers = timers;
        this.stall = stall;
        this.rate = rate;
    }

    /** Sends one request, and appends what comes. May return before the sink is complete: then it begins anew. */
    void attempt(PartialArtifact sink, Cancellation cancellation) throws IOException, SourceRefusedException {
        cancellation.check();
        HttpResponse<InputStream> response = requests.get(source, headers(sink));
        try (InputStream body = response.body()) {
            if (!accept(response, sink)) return;
            receive(body, response.headers(), sink, cancellation);
        }
    }

    IOException tooManyBreaks() {
        return new IOException(shown() + " breaks the transfer, or begins it anew, again and again");
    }

    private Map<String, String> headers(PartialArtifact sink) {
        var headers = new HashMap<String, String>();
        // Nobody decompresses it.
        headers.put("Accept-Encoding", "identity");
        if (sink.received() > 0) {
            headers.put("Range", "bytes=" + sink.received() + "-");
            version.ifPresent(value -> headers.put("If-Range", value));
        }
        return headers;
    }

    /** Whether the body belongs behind what the sink has. */
    private boolean accept(HttpResponse<?> response, PartialArtifact sink) throws IOException, SourceRefusedException {
        int status = response.statusCode();
        boolean isAnew = sink.received() == 0;
        switch (status) {
            case OK -> {
                // First, or a page that asks for a login would cost what is there.
                requireSize(response.headers().firstValueAsLong("Content-Length"), sink);
                if (!isAnew) sink.restart();
                version = version(response.headers());
                return true;
            }
            case PARTIAL -> {
                if (isRest(response.headers(), sink)) {
                    sink.continues();
                    if (version.isEmpty()) version = version(response.headers());
                    return true;
                }
                if (isAnew) throw unavailable("sends a part that nobody asked for");
                sink.restart();
                return false;
            }
            case NO_SUCH_RANGE -> {
                if (isAnew) throw unavailable("answers with status 416 to a request without a range");
                sink.restart();
                return false;
            }
            default -> throw failure(status);
        }
    }

    private IOException failure(int status) throws SourceRefusedException {
        boolean mayPass = status == 408 || status == 425 || status == 429 || status >= 500;
        if (mayPass) return new IOException(shown() + " answers with status " + status);
        if (status == 401 || status == 403) {
            throw unavailable("answers with status " + status
                    + ": the device's credentials file must have what this host accepts");
        }
        throw unavailable("answers with status " + status);
    }

    private boolean isRest(HttpHeaders headers, PartialArtifact sink) throws SourceRefusedException {
        Matcher range =
                CONTENT_RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
        if (!range.matches() || Long.parseLong(range.group(1)) != sink.received()) return false;
        if (!range.group(2).equals("*")) requireSize(OptionalLong.of(Long.parseLong(range.group(2))), sink);
        return true;
    }

    private void requireSize(OptionalLong found, PartialArtifact sink) throws SourceRefusedException {
        if (found.isPresent() && found.getAsLong() != sink.size()) throw wrongSize(found.getAsLong() + " bytes", sink);
    }

    private SourceRefusedException wrongSize(String found, PartialArtifact sink) {
        return new SourceRefusedException(
                ErrorCode.ARTIFACT_MISMATCH, shown() + " has " + found + ", expected " + sink.size());
    }

    /** A strong ETag, or the time of the last change: a weak ETag may not be used for ranges (RFC 9110, 13.1.5). */
    private static Optional<String> version(HttpHeaders headers) {
        return headers.firstValue("ETag")
                .filter(tag -> tag.startsWith("\""))
                .or(() -> headers.firstValue("Last-Modified"))
                .filter(text -> SENDABLE.matcher(text).matches());
    }

    private void receive(InputStream body, HttpHeaders headers, PartialArtifact sink, Cancellation cancellation)
            throws IOException, SourceRefusedException {
        Runnable abort = () -> closeQuietly(body);
        var watch = new StallWatch(timers, stall, abort);
        try (watch) {
            cancellation.onCancel(abort);
            copy(body, headers, sink, watch, cancellation);
        } catch (DiskFailure e) {
            throw e;
        } catch (IOException e) {
            FatalErrors.haltOnError(e);
            cancellation.check();
            if (watch.isStalled()) {
                throw new IOException(
                        shown() + " sent less than " + StallWatch.LEAST + " bytes in " + stall.toSeconds() + " s", e);
            }
            throw new IOException(shown() + ": " + e.getMessage(), e);
        } finally {
            cancellation.clear();
        }
    }

    private void copy(
            InputStream body, HttpHeaders headers, PartialArtifact sink, StallWatch watch, Cancellation cancellation)
            throws IOException, SourceRefusedException {
        var buffer = new byte[rate.piece()];
        while (!sink.isComplete()) {
            int count = body.read(buffer, 0, (int) Math.min(buffer.length, sink.size() - sink.received()));
            if (count < 0) throw wrongSize(sink.received() + " bytes", sink);
            watch.pause(count);
            sink.append(buffer, count);
            rate.take(count, cancellation);
            watch.resume();
        }
        boolean hasLength = headers.firstValue("Content-Length").isPresent();
        if (!hasLength && body.read() >= 0) throw wrongSize("more than " + sink.size() + " bytes", sink);
    }

    private static void closeQuietly(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            // it is not used any more
        }
    }

    private SourceRefusedException unavailable(String what) {
        return new SourceRefusedException(ErrorCode.ARTIFACT_UNAVAILABLE, shown() + " " + what);
    }

    private String shown() {
        return ArtifactRef.shown(source);
    }
}
