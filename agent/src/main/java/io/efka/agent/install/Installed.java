package io.efka.agent.install;

import io.efka.protocol.manifest.Manifest;
import java.nio.file.Path;
import java.util.List;

/**
 * A service that is in its folder, ready to be registered.
 *
 * @param workDir absolute
 * @param warnings one sentence each: unknown keys, programs that could not be started as they are
 */
public record Installed(Path workDir, Manifest manifest, List<String> warnings) {
    public Installed {
        warnings = List.copyOf(warnings);
    }
}
