package io.efka.agent.install;

import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.ManifestReading;
import java.nio.file.Path;

/** Writes and reads the folders of services. Thread-safe for different services; blocks for the disk. */
public interface Installer {

    /** Reads the request's manifest without writing anything; refuses a folder that may not be registered. */
    ManifestReading check(ServiceId id, InstallRequest request) throws InstallException;

    /** Writes a new service, or registers the folder it is in. If it fails, it leaves nothing behind. */
    Installed install(ServiceId id, InstallRequest request) throws InstallException;

    /** Changes the service in {@code workDir} to what the request says. If it fails, nothing changes. */
    Installed update(ServiceId id, Path workDir, InstallRequest request) throws InstallException;

    /** Whether {@link #update} would change anything. */
    boolean differs(ServiceId id, Path workDir, InstallRequest request) throws InstallException;

    /** Removes the service's folder, unless it was only registered. A missing folder is not an error. */
    void remove(ServiceId id, Path workDir) throws InstallException;

    /** Reads the manifest in the folder. */
    ManifestReading read(ServiceId id, Path workDir);
}
