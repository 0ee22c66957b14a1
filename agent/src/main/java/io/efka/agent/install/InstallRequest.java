package io.efka.agent.install;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A service to be installed: written anew from {@code manifest} and {@code files}, or registered where it is already.
 *
 * @param manifest JSON text
 * @param files by path relative to the work directory
 * @param workDir an existing folder below one of the allowed roots; excludes {@code manifest} and {@code files}
 */
public record InstallRequest(Optional<String> manifest, Map<String, InlineFile> files, Optional<Path> workDir) {
    public InstallRequest {
        files = Map.copyOf(files);
    }

    /**
     * A small file that came with the command.
     *
     * @param mode permission bits, 0-0777
     */
    public record InlineFile(byte[] content, int mode) {}
}
