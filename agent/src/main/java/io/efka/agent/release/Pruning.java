package io.efka.agent.release;

import io.efka.agent.install.ReleaseFolders;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes the releases of a service that are neither current nor gone back to. Thread-safe. */
record Pruning(ServiceId id, ReleaseFolders folders, Executor disk) {
    private static final Logger LOG = LoggerFactory.getLogger(Pruning.class);

    /** Beside the current one: the one to go back to, and one more to choose from. */
    private static final int KEPT = 2;

    /** Returns what is kept. What cannot be deleted now is swept later. Never blocks. */
    ServiceReleases prune(ServiceReleases releases) {
        List<Release> surplus = releases.surplus(KEPT);
        if (surplus.isEmpty()) return releases;
        disk.execute(() -> surplus.forEach(release -> delete(release.id().value())));
        ServiceReleases kept = releases;
        for (Release release : surplus) kept = kept.without(release.id());
        return kept;
    }

    /**
     * Deletes the folders that nobody knows: left by an agent that was killed, or by a deletion that failed. Takes the time of a
     * few disk syncs.
     *
     * @param known every release that is kept, and the one that is being prepared
     */
    void sweep(Set<ReleaseId> known) {
        Set<String> names = known.stream().map(ReleaseId::value).collect(Collectors.toSet());
        folders.stored(id).stream().filter(name -> !names.contains(name)).forEach(this::delete);
    }

    private void delete(String release) {
        try {
            folders.delete(id, release);
        } catch (CommandException e) {
            LOG.warn("service={} release {} stays on disk: {}", id, release, e.getMessage());
        }
    }
}
