package io.efka.agent.supervision;

import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.ManifestReading;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads manifests again that could not be read when the agent started: their folder may be on a mount that comes late. */
public interface ManifestReader {

    /**
     * Reads the manifest in {@code workDir}. Never blocks and never throws; tells the result once, from any thread. A disk
     * that hangs may delay it without limit.
     */
    void read(ServiceId id, Path workDir, Consumer<ManifestReading> tell);
}
