package io.efka.agent.supervision;

import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads manifests again that could not be read when the agent started: their folder may be on a mount that comes late. */
public interface ManifestReader {

    /**
     * Reads the manifest in {@code workDir}. Never blocks and never throws; tells the result once, from any thread. A disk
     * that hangs may delay it without limit.
     */
    void read(ServiceId id, Path workDir, Consumer<Result> tell);

    /**
     * What came of it.
     *
     * @param manifest empty when it cannot be used; then {@code faults} says why
     * @param isUnread whether its file could not be read at all: that may pass, while what is wrong with its content stays
     */
    record Result(Optional<Manifest> manifest, List<Fault> faults, boolean isUnread) {
        public Result {
            faults = List.copyOf(faults);
        }

        public static Result usable(Manifest manifest) {
            return new Result(Optional.of(manifest), List.of(), false);
        }

        public static Result wrong(List<Fault> faults) {
            return new Result(Optional.empty(), faults, false);
        }

        public static Result unread(List<Fault> faults) {
            return new Result(Optional.empty(), faults, true);
        }
    }
}
