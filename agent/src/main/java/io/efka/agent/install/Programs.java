package io.efka.agent.install;

import io.efka.protocol.CommandException;
import io.efka.protocol.manifest.Manifest;
import java.nio.file.Path;

/** What a device can start. */
public interface Programs {
    /**
     * Refuses a service whose program could not be started. Blocks for the disk.
     *
     * @param workDir where its files are
     */
    void require(Manifest manifest, Path workDir) throws CommandException;
}
