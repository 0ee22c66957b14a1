package io.efka.agent.artifact;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CancellationException;

/** A kind of sources of artifacts, such as web servers. Thread-safe: two fetches may run at once. */
public interface ArtifactSource {
    /** Whether it knows this kind of URI. */
    boolean serves(URI source);

    /**
     * Fetches what is missing of an artifact. The sink has {@link PartialArtifact#received} bytes already, perhaps from
     * another source: continues there, or {@link PartialArtifact#restart}s. Returns when the sink
     * {@link PartialArtifact#isComplete}; the caller checks the hash. Blocks, and shows with every append that it makes
     * progress; gives up by itself if it makes none for a minute.
     *
     * @throws IOException if it failed in a way that may pass; the sink keeps what it has
     * @throws SourceRefusedException if it will fail again
     * @throws CancellationException soon after it was cancelled
     */
    void fetch(URI source, PartialArtifact sink, Cancellation cancellation) throws IOException, SourceRefusedException;
}
