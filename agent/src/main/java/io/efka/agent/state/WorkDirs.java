package io.efka.agent.state;

import io.efka.protocol.ServiceId;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * How work directories are written down: those in the data folder relative to it, so that it can be moved with all its
 * services. A registered folder is elsewhere and stays absolute.
 *
 * @param data absolute
 */
record WorkDirs(Path data) {
    WorkDirs {
        data = data.toAbsolutePath().normalize();
    }

    String written(Path workDir) {
        return (workDir.startsWith(data) ? data.relativize(workDir) : workDir).toString();
    }

    /** Absolute. Until 0.1.0 every one was written so: one in the folder's earlier place is found in its present one. */
    Path read(ServiceId id, String written) {
        Path recorded = data.resolve(written).normalize();
        Path own = data.resolve(Path.of("services", id.value()));
        boolean hasMoved = recorded.endsWith(Path.of("services", id.value()))
                && !Files.exists(recorded, LinkOption.NOFOLLOW_LINKS)
                && Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS);
        return hasMoved ? own : recorded;
    }
}
