package io.efka.agent.install;

import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes and reads the folders of services. Thread-safe for different services; blocks for the disk. */
public interface Installer {

    /** Reads the request's manifest without writing anything; refuses a folder that may not be registered. */
    ManifestReading check(ServiceId id, InstallRequest request) throws CommandException;

    /**
     * What {@link #install} would do; does nothing.
     *
     * @return the folder's name of the release that it would write; empty if it would register what is there
     * @throws CommandException that it would be refused with before it writes anything
     */
    Optional<String> foresee(ServiceId id, InstallRequest request) throws CommandException;

    /** Writes a new service as a release, or registers the folder it is in. If it fails, it leaves nothing behind. */
    Installed install(ServiceId id, InstallRequest request) throws CommandException;

    /** Changes the service in {@code workDir} to what the request says. If it fails, nothing changes. */
    Installed update(ServiceId id, Path workDir, InstallRequest request) throws CommandException;

    /** Whether {@link #update} would change anything. */
    boolean differs(ServiceId id, Path workDir, InstallRequest request) throws CommandException;

    /** Whether there are files in {@code workDir} that the request does not bring. */
    boolean hasOthers(ServiceId id, Path workDir, InstallRequest request) throws CommandException;

    /**
     * Checks that the agent may change and remove the service's folder, so that no service is stopped in vain. Changes
     * nothing. A folder that was only registered, or is missing, passes.
     *
     * @throws CommandException {@code NOT_ALLOWED}; the message names the folder, what is in the way, and what would be
     *     right
     */
    void requireChangeable(ServiceId id, Path workDir) throws CommandException;

    /** Removes the service's folder, unless it was only registered. A missing folder is not an error. */
    void remove(ServiceId id, Path workDir) throws CommandException;

    /** Reads the manifest in the folder. */
    ManifestReading read(ServiceId id, Path workDir);

    /**
     * Lists what is in the service's folder.
     *
     * @throws CommandException if it cannot be read
     */
    InstalledFiles list(Path workDir) throws CommandException;

    /** Whether the folder was written by the agent; false if it was only registered. */
    boolean isOwn(ServiceId id, Path workDir);

    /**
     * What is in a service's folder.
     *
     * @param manifest text of the manifest's file
     * @param files by path, the manifest too; 256 at most
     * @param truncated whether there are more files
     */
    record InstalledFiles(String manifest, List<InstalledFile> files, boolean truncated) {
        public InstalledFiles {
            files = List.copyOf(files);
        }
    }

    /**
     * A file as it is.
     *
     * @param mode permission bits, 0-0777
     * @param size in bytes
     * @param sha256 hexadecimal; empty if the file cannot be read, or there is too much to read
     */
    record InstalledFile(String path, int mode, long size, Optional<String> sha256) {}

    /**
     * A service to be installed: written anew from {@code manifest} and {@code files}, or registered where it is already.
     *
     * @param manifest JSON text
     * @param files by path relative to the work directory
     * @param workDir an existing folder below one of the allowed roots; excludes {@code manifest} and {@code files}
     */
    record InstallRequest(Optional<String> manifest, Map<String, InlineFile> files, Optional<Path> workDir) {
        public InstallRequest {
            files = Map.copyOf(files);
        }

        /**
         * The manifest that comes with the request, if it can be used for that service.
         *
         * @throws CommandException if there is none, or if the files could not be written as they are
         */
        public ManifestReading manifestFor(ServiceId id) throws CommandException {
            return InstallPlan.check(id, this);
        }

        /**
         * A small file that came with the command.
         *
         * @param mode permission bits, 0-0777
         */
        public record InlineFile(byte[] content, int mode) {}
    }

    /**
     * A service that is in its folder, ready to be registered.
     *
     * @param workDir absolute
     * @param warnings one sentence each: unknown keys, programs that could not be started as they are
     */
    record Installed(Path workDir, Manifest manifest, List<String> warnings) {
        public Installed {
            warnings = List.copyOf(warnings);
        }
    }
}
