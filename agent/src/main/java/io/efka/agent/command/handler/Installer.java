package io.efka.agent.command.handler;

import io.efka.agent.command.CommandException;
import io.efka.agent.install.InstallRequest;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import java.nio.file.Path;
import java.util.List;

/** The folders of services, as commands need them. Thread-safe for different services; blocks for disk work. */
public interface Installer {

    /** Reads the request's manifest without writing anything; refuses a folder that may not be registered. */
    ManifestReading check(ServiceId id, InstallRequest request) throws CommandException;

    /** Writes a new service, or registers the folder it is in. Failed, it leaves nothing behind. */
    Installed install(ServiceId id, InstallRequest request) throws CommandException;

    /** Brings the service in {@code workDir} to what the request says. Failed, the earlier one stands. */
    Installed update(ServiceId id, Path workDir, InstallRequest request) throws CommandException;

    /** Whether {@link #update} would change anything. */
    boolean differs(ServiceId id, Path workDir, InstallRequest request) throws CommandException;

    /** Takes the service's folder away, unless it was only registered; a missing one is no failure. */
    void remove(ServiceId id, Path workDir) throws CommandException;

    /** Reads the manifest that is there now. */
    ManifestReading read(ServiceId id, Path workDir);

    /** @param warnings one sentence each: an unknown key, with a did-you-mean */
    record Installed(Path workDir, Manifest manifest, List<String> warnings) {
        public Installed {
            warnings = List.copyOf(warnings);
        }
    }
}
