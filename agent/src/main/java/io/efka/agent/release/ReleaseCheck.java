package io.efka.agent.release;

import io.efka.agent.install.Programs;
import io.efka.agent.install.ReleaseFolders;
import io.efka.agent.supervision.Dependencies;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.manifest.Manifest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What must be true of a release before anything is stopped for it. Thread-safe. */
record ReleaseCheck(ServiceRegistry services, Programs programs) {

    /** Blocks for the disk. */
    void require(Manifest manifest, Path folder) throws CommandException {
        requireOrder(manifest);
        programs.require(manifest, folder);
    }

    /**
     * What can be said of a release that is not on the disk. Blocks for the disk.
     *
     * @param folder where it would be
     */
    void requireDraft(ReleaseFolders.Draft draft, Path folder) throws CommandException {
        requireOrder(draft.manifest());
        try {
            programs.require(draft.manifest(), folder);
        } catch (CommandException refusal) {
            // A program that comes with it is not there yet.
            boolean comesWithIt = refusal.code() == ErrorCode.LAUNCH_FAILED && draft.hasProgram();
            if (!comesWithIt) throw refusal;
        }
    }

    private void requireOrder(Manifest manifest) throws CommandException {
        Dependencies dependencies = Dependencies.of(services);
        dependencies.put(manifest);
        Optional<Fault> cycle = dependencies.fault(manifest.id());
        if (cycle.isPresent())
            throw CommandException.invalidManifest("manifest of " + manifest.id(), List.of(cycle.get()));
    }
}
