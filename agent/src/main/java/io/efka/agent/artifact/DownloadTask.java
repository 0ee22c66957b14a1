package io.efka.agent.artifact;

import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Sha256;
import io.efka.threads.Timers;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * One download: tries the sources in their order, round by round. A source that refused is not tried again. Confined to the
 * thread that runs it, except for its result and its cancellation.
 */
final class DownloadTask implements Download {
    /** All rounds together; and one alone, so that a source that is slow without end keeps its thread no longer. */
    static final Duration LONGEST = Duration.ofHours(24);

    private final ArtifactRef ref;
    private final DownloadListener listener;
    private final ArtifactCache cache;
    private final List<ArtifactSource> kinds;
    private final Timers timers;
    private final Cancellation cancellation = new Cancellation();
    private final CompletableFuture<CachedArtifact> result = new CompletableFuture<>();
    private final Map<URI, SourceRefusedException> refused = new LinkedHashMap<>();

    DownloadTask(
            ArtifactRef ref,
            DownloadListener listener,
            ArtifactCache cache,
            List<ArtifactSource> kinds,
            Timers timers) {
        this.ref = ref;
        this.listener = listener;
        this.cache = cache;
        this.kinds = kinds;
        this.timers = timers;
    }

    Sha256 hash() {
        return ref.hash();
    }

    DownloadListener listener() {
        return listener;
    }

    @Override
    public CompletableFuture<CachedArtifact> result() {
        return result;
    }

    @Override
    public void cancel() {
        result.cancel(false);
        cancellation.cancel();
    }

    /** It has taken too long. */
    void giveUp(String reason) {
        result.completeExceptionally(new CommandException(
                ErrorCode.ARTIFACT_UNAVAILABLE,
                "artifact " + ref.hash() + " could not be fetched for 24 h: " + reason));
    }

    /** Completes the result, unless it was cancelled meanwhile. */
    private void complete(CachedArtifact artifact) {
        if (!result.complete(artifact)) artifact.close();
    }

    /**
     * Tries each source once. The result is complete afterwards, or a later round may succeed.
     *
     * @return why there is no result yet
     * @throws CommandException if no later round can succeed
     */
    Optional<String> round() throws CommandException {
        cancellation.check();
        try {
            Optional<CachedArtifact> cached = cache.find(ref.hash(), ref.size(), cancellation);
            if (cached.isPresent()) {
                listener.progress(ref.size());
                complete(cached.get());
                return Optional.empty();
            }
        } catch (IOException e) {
            throw broken(e);
        }
        try {
            return fetch();
        } catch (DiskFailure e) {
            throw broken(e.reason());
        } catch (IOException noRoom) {
            return Optional.of(String.valueOf(noRoom.getMessage()));
        }
    }

    private static CommandException broken(IOException problem) {
        return CommandException.broken("the cache of artifacts failed", problem);
    }

    private Optional<String> fetch() throws IOException, CommandException {
        long begun = timers.nanos();
        PartialArtifact part = cache.open(ref.hash(), ref.size(), bytes -> progressed(bytes, begun));
        try {
            Set<String> problems = new LinkedHashSet<>();
            for (URI source : ref.sources()) {
                if (refused.containsKey(source)) continue;
                try {
                    fetch(source, part);
                    complete(cache.keep(part));
                    return Optional.empty();
                } catch (SourceRefusedException e) {
                    refused.put(source, e);
                } catch (DiskFailure e) {
                    throw e;
                } catch (IOException mayPass) {
                    problems.add(String.valueOf(mayPass.getMessage()));
                }
            }
            if (problems.isEmpty()) throw refusal();
            refused.values().forEach(each -> problems.add(each.reason()));
            return Optional.of(String.join("; ", problems));
        } catch (DiskFailure e) {
            cache.discard(part);
            throw e;
        } finally {
            cache.close(part);
        }
    }

    private void progressed(long bytes, long begun) {
        if (timers.nanos() - begun > LONGEST.toNanos()) {
            giveUp("its sources are too slow");
            throw new CancellationException("too slow");
        }
        listener.progress(bytes);
    }

    /** Returns when the part is complete and right. */
    private void fetch(URI source, PartialArtifact part) throws IOException, SourceRefusedException {
        ArtifactSource kind = kinds.stream()
                .filter(each -> each.serves(source))
                .findFirst()
                .orElseThrow(() -> new SourceRefusedException(
                        ErrorCode.ARTIFACT_UNAVAILABLE,
                        ArtifactRef.shown(source) + " is of a kind that this agent cannot fetch from"));
        Sha256 found = attempt(kind, source, part);
        if (found.equals(ref.hash())) return;
        // Bytes of two versions, or of another source that is wrong: this source alone may be right.
        boolean isMixed = part.isContinued();
        part.restart();
        if (isMixed) found = attempt(kind, source, part);
        if (found.equals(ref.hash())) return;
        part.restart();
        throw new SourceRefusedException(
                ErrorCode.ARTIFACT_MISMATCH,
                ArtifactRef.shown(source) + " has the SHA-256 " + found + ", expected " + ref.hash());
    }

    private Sha256 attempt(ArtifactSource kind, URI source, PartialArtifact part)
            throws IOException, SourceRefusedException {
        cancellation.check();
        if (!part.isComplete()) kind.fetch(source, part, cancellation);
        return part.found();
    }

    private CommandException refusal() {
        var codes = EnumSet.noneOf(ErrorCode.class);
        refused.values().forEach(each -> codes.add(each.code()));
        String reasons = String.join(
                "; ",
                refused.values().stream().map(SourceRefusedException::reason).toList());
        ErrorCode code = ErrorCode.ARTIFACT_UNAVAILABLE;
        if (codes.size() == 1) code = codes.iterator().next();
        else if (codes.contains(ErrorCode.ARTIFACT_MISMATCH)) code = ErrorCode.ARTIFACT_MISMATCH;
        return new CommandException(code, "artifact " + ref.hash() + ": " + reasons);
    }
}
