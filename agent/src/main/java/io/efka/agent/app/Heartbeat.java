package io.efka.agent.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Touches a file every few seconds while the self-check passes. {@code efka health} looks at the file's age: a health check
 * of a container then notices an agent that is dead, stuck or frozen without starting a JVM, and does not depend on the
 * broker. The file belongs on a tmpfs, since it is touched for ever.
 */
final class Heartbeat {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    private final Optional<Path> file;
    private boolean hasFailed;

    /** @param file made at the first beat; its folder exists. Empty: nothing is touched */
    Heartbeat(Optional<Path> file) {
        this.file = file;
    }

    /** Called by one thread, after every self-check that passed. */
    void beat() {
        if (file.isEmpty()) return;
        try {
            Files.writeString(file.get(), "alive\n"); // also sets its time
            hasFailed = false;
        } catch (IOException e) {
            if (!hasFailed) LOG.warn("the heartbeat file {} cannot be touched: {}", file.get(), e.toString());
            hasFailed = true;
        }
    }

    /** Deletes the file: an agent that has ended is not alive. */
    void end() {
        try {
            if (file.isPresent()) Files.deleteIfExists(file.get());
        } catch (IOException e) {
            LOG.debug("{} cannot be deleted", file.get(), e);
        }
    }
}
