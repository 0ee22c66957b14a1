package io.efka.agent.artifact;

import io.efka.protocol.ErrorCode;
import io.efka.threads.FatalErrors;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import javax.net.ssl.SSLException;

/** Sends the requests of one download, and follows their redirects. Not thread-safe. */
final class HttpRequests {
    private static final int MAX_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int MAX_PORT = 65_535;
    private static final int MAX_CAUSES = 10;

    private final HttpSource.Settings settings;
    private final Credentials credentials;
    private final Duration limit;
    private final Cancellation cancellation;
    private final HttpClient client;

    /** @param limit until the headers of an answer are there */
    HttpRequests(HttpClient client, HttpSource.Settings settings, Duration limit, Cancellation cancellation) {
        this.client = client;
        this.settings = settings;
        this.credentials = new Credentials(settings.credentials());
        this.limit = limit;
        this.cancellation = cancellation;
    }

    /**
     * Sends a GET, and returns the answer that is no redirect. Whoever gets it closes its body.
     *
     * @param headers for every host on the way
     */
    HttpResponse<InputStream> get(URI source, Map<String, String> headers) throws IOException, SourceRefusedException {
        URI at = source;
        requireAllowed(source, at);
        for (int redirects = 0; ; redirects++) {
            HttpResponse<InputStream> response = send(source, at, headers);
            if (!REDIRECTS.contains(response.statusCode())) return response;
            response.body().close();
            if (redirects == MAX_REDIRECTS) {
                throw unavailable(source, "redirects more than " + MAX_REDIRECTS + " times");
            }
            at = next(source, at, response);
        }
    }

    private URI next(URI source, URI at, HttpResponse<?> response) throws SourceRefusedException {
        String location = response.headers().firstValue("Location").orElse("");
        URI next;
        try {
            next = at.resolve(location);
        } catch (IllegalArgumentException notAUri) {
            throw unavailable(source, "redirects to something that is no URL");
        }
        if (location.isEmpty() || next.getHost() == null || next.getRawUserInfo() != null) {
            throw unavailable(source, "redirects to something that is no URL of a host");
        }
        if (next.getPort() > MAX_PORT) throw unavailable(source, "redirects to port " + next.getPort());
        boolean isLessSafe = ArtifactRef.scheme(at).equals("https")
                && ArtifactRef.scheme(next).equals("http");
        if (isLessSafe) {
            throw new SourceRefusedException(
                    ErrorCode.NOT_ALLOWED,
                    ArtifactRef.shown(source) + " redirects from https to " + ArtifactRef.shown(next));
        }
        requireAllowed(source, next);
        return next;
    }

    private void requireAllowed(URI source, URI at) throws SourceRefusedException {
        String scheme = ArtifactRef.scheme(at);
        if (scheme.equals("https") || (scheme.equals("http") && settings.allowHttp())) return;
        throw new SourceRefusedException(
                ErrorCode.NOT_ALLOWED,
                ArtifactRef.shown(source)
                        + (source.equals(at) ? "" : " redirects to " + ArtifactRef.shown(at) + ", which")
                        + " must be https:, or http: with allow_http");
    }

    private HttpResponse<InputStream> send(URI source, URI at, Map<String, String> headers)
            throws IOException, SourceRefusedException {
        CompletableFuture<HttpResponse<InputStream>> answer = begin(source, at, headers);
        cancellation.onCancel(() -> answer.cancel(true));
        try {
            return answer.get();
        } catch (CancellationException e) {
            cancellation.check();
            throw e;
        } catch (InterruptedException e) {
            abandon(answer);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        } catch (ExecutionException e) {
            throw failure(source, e.getCause() == null ? e : e.getCause());
        } finally {
            cancellation.clear();
        }
    }

    private CompletableFuture<HttpResponse<InputStream>> begin(URI source, URI at, Map<String, String> headers)
            throws SourceRefusedException {
        Optional<String> authorization = credentials.header(at);
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(at).timeout(limit).GET();
            headers.forEach(request::setHeader);
            authorization.ifPresent(value -> request.setHeader("Authorization", value));
            return client.sendAsync(request.build(), BodyHandlers.ofInputStream());
        } catch (IllegalArgumentException e) {
            // What a URI may have and HTTP may not.
            throw unavailable(source, "is, or redirects to, no URL that can be asked: " + e.getMessage());
        }
    }

    private static void abandon(Future<?> answer) {
        answer.cancel(true);
    }

    private static IOException failure(URI source, Throwable cause) throws SourceRefusedException {
        FatalErrors.haltOnError(cause);
        if (cause instanceof SSLException && isByCertificate(cause)) {
            throw unavailable(source, "has a certificate that is not trusted: " + cause.getMessage());
        }
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new IOException(ArtifactRef.shown(source) + ": " + message, cause);
    }

    private static boolean isByCertificate(Throwable problem) {
        Throwable cause = problem;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof CertificateException) return true;
            cause = cause.getCause();
        }
        return false;
    }

    private static SourceRefusedException unavailable(URI source, String what) {
        return new SourceRefusedException(ErrorCode.ARTIFACT_UNAVAILABLE, ArtifactRef.shown(source) + " " + what);
    }
}
