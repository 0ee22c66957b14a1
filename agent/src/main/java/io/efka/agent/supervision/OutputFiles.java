package io.efka.agent.supervision;

import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Path;

/** The files that services write their output to. Thread-safe. */
public interface OutputFiles {

    /** Registers a service's streams, or changes their rule. Called before any other method for this service. */
    void register(ServiceId id, Manifest.OutputRule rule);

    /**
     * Begins the files of a new run. They exist and are empty when it returns.
     *
     * @throws IOException if they cannot be created; the service then starts and its output is lost
     */
    Paths begin(ServiceId id, RunId run) throws IOException;

    /** The files of the newest run, as {@link #begin} made them, also if an earlier agent did. */
    Paths current(ServiceId id) throws IOException;

    /** Deletes the files of a removed service. Blocks until that is done; returns whether all are gone. */
    boolean forget(ServiceId id);

    /** Absolute paths to open for appending; both are the same where stderr is merged into stdout. */
    record Paths(Path stdout, Path stderr) {}
}
