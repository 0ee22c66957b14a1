package io.efka.agent.release;

import io.efka.agent.release.DeployPorts.Programs;
import io.efka.agent.supervision.Dependencies;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.protocol.CommandException;
import io.efka.protocol.Fault;
import io.efka.protocol.manifest.Manifest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What must be true of a release before anything is stopped for it. Thread-safe. */
record ReleaseCheck(ServiceRegistry services, Programs programs) {

    /** Blocks for the disk. */
    void require(Manifest manifest, Path folder) throws CommandException {
        Dependencies dependencies = Dependencies.of(services);
        dependencies.put(manifest);
        Optional<Fault> cycle = dependencies.fault(manifest.id());
        if (cycle.isPresent())
            throw CommandException.invalidManifest("manifest of " + manifest.id(), List.of(cycle.get()));
        programs.require(manifest, folder);
    }
}
