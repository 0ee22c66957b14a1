package io.efka.agent.app;

import io.efka.agent.install.ServiceFolders;
import io.efka.agent.supervision.Supervisors;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the manifests of registered services from their folders.
 *
 * @param pool where files are read: a folder on a dead mount may hold its threads
 */
record FolderManifests(ServiceFolders folders, Executor pool) implements Supervisors.ManifestReader {
    private static final Logger LOG = LoggerFactory.getLogger(FolderManifests.class);

    @Override
    public void read(ServiceId id, Path workDir, Consumer<ManifestReading> tell) {
        try {
            pool.execute(() -> tell.accept(readOrSayWhy(id, workDir)));
        } catch (RejectedExecutionException e) {
            tell.accept(unread("no thread to read it", "must be read by a thread (" + e.getMessage() + ")"));
        }
    }

    /** Returns an answer in any case: somebody waits for it. */
    private ManifestReading readOrSayWhy(ServiceId id, Path workDir) {
        try {
            ManifestReading result = now(id, workDir);
            if (result.ifUsable().isPresent()) LOG.info("service={} manifest can be read now", id);
            else if (!result.isUnread()) LOG.warn("service={} manifest cannot be used: {}", id, result.faults());
            return result;
        } catch (RuntimeException bug) {
            LOG.error("service={} reading its manifest: internal error", id, bug);
            return unread("internal error: " + bug, "must be readable");
        }
    }

    /** Reads it on the caller's thread, and logs its warnings. */
    ManifestReading now(ServiceId id, Path workDir) {
        ManifestReading reading = folders.read(id, workDir);
        if (reading instanceof ManifestReading.Usable usable)
            usable.warnings().forEach(warning -> LOG.warn("service={} manifest: {}", id, warning));
        return reading;
    }

    private static ManifestReading unread(String value, String expected) {
        return new ManifestReading.Unusable(List.of(new Fault(Manifest.FILE_NAME, value, expected)), true);
    }
}
