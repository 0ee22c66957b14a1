package io.efka.agent.artifact;

import java.util.concurrent.CompletableFuture;

/** A download under way. Thread-safe. */
public interface Download {
    /**
     * The artifact, which the receiver closes after use. Fails with a {@link io.efka.protocol.CommandException}
     * ({@code artifact_unavailable}, {@code artifact_mismatch}, {@code not_allowed}, {@code disk_full}), whose message names
     * each source; is cancelled by {@link #cancel} and when the agent ends. Its callbacks run on the download's thread and
     * must not block.
     */
    CompletableFuture<CachedArtifact> result();

    /** Ends it, at any time. What has arrived is kept for the next download of the same artifact. Never blocks. */
    void cancel();
}
