package io.efka.agent.artifact;

import io.efka.protocol.Sha256;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An artifact in the cache, with the right content. It is not deleted before this is closed. Thread-safe.
 */
public final class CachedArtifact implements AutoCloseable {
    private final Path path;
    private final Sha256 hash;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    CachedArtifact(Path path, Sha256 hash, Runnable release) {
        this.path = path;
        this.hash = hash;
        this.release = release;
    }

    /** The file; it must not be changed. */
    public Path path() {
        return path;
    }

    public Sha256 hash() {
        return hash;
    }

    /** It is no longer used. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) release.run();
    }
}
