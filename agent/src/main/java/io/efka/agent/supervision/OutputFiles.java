package io.efka.agent.supervision;

import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Path;

/** Where the kernel appends what services write. Thread-safe. */
public interface OutputFiles {

    /** Makes a service's streams known, or changes their rule. Called before anything else about the service. */
    void register(ServiceId id, Manifest.OutputRule rule);

    /**
     * Begins the files of a new run; they exist and are empty when it returns.
     *
     * @throws IOException if they cannot be made; the service is then started without its output
     */
    Paths begin(ServiceId id, RunId run) throws IOException;

    /** The files of the newest run, as {@link #begin} made them, also before an agent's restart. */
    Paths current(ServiceId id) throws IOException;

    /** The service is removed: its files go. Blocks for that. Says whether they are gone. */
    boolean forget(ServiceId id);

    /** Absolute paths to open for appending; the same one twice where stderr is merged. */
    record Paths(Path stdout, Path stderr) {}
}
