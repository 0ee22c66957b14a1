package io.efka.agent.release;

import io.efka.agent.install.ReleaseFolders;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import io.efka.threads.FatalErrors;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the releases of a service that are neither current nor gone back to, and that nobody else needs. Confined to the deployer's mailbox, but for
 * what says otherwise.
 */
final class Pruning {
    private static final Logger LOG = LoggerFactory.getLogger(Pruning.class);

    /** Beside the current one: the one to go back to, and one more to choose from. */
    static final int KEPT = 2;

    private final ServiceId id;
    private final ReleaseFolders folders;
    private final Executor disk;
    private final DeployPorts.Needs needs;

    /** Completes when nothing is being deleted any more. */
    private CompletableFuture<?> deletions;

    /** @param before completes when nothing is being deleted that a service of the same id left */
    Pruning(ServiceId id, ReleaseFolders folders, Executor disk, DeployPorts.Needs needs, CompletableFuture<?> before) {
        this.deletions = before;
        this.id = id;
        this.folders = folders;
        this.disk = disk;
        this.needs = needs;
    }

    /** Returns what is kept. What cannot be deleted now is swept later. Never blocks. */
    ServiceReleases prune(ServiceReleases releases) {
        List<Release> surplus = releases.surplus(KEPT).stream()
                .filter(release -> !needs.isNeeded(id, release.id()))
                .toList();
        if (surplus.isEmpty()) return releases;
        onDisk(() -> surplus.forEach(release -> delete(release.id().value())));
        ServiceReleases kept = releases;
        for (Release release : surplus) kept = kept.without(release.id());
        return kept;
    }

    /** Deletes all of a service that is not there. Never blocks. */
    void deleteAll() {
        onDisk(() -> {
            sweep(Set.of());
            folders.deleteEmpty(id);
        });
    }

    private void onDisk(Runnable deletion) {
        var done = new CompletableFuture<Boolean>();
        deletions = CompletableFuture.allOf(deletions, done);
        try {
            disk.execute(() -> {
                try {
                    deletion.run();
                } finally {
                    done.complete(true);
                }
            });
        } catch (RejectedExecutionException closed) {
            done.complete(true); // the agent ends, and the next one sweeps
        }
    }

    /**
     * Runs {@code work} when nothing is being deleted any more: what is stored anew under a name must not be deleted as what had
     * the name before. At once, or on the thread that deletes; must not block.
     */
    void afterwards(Runnable work) {
        deletions.whenComplete(FatalErrors.top((deleted, never) -> work.run()));
    }

    /**
     * Deletes the folders that nobody knows: left by an agent that was killed, or by a deletion that failed. Takes the time of a
     * few disk syncs. Thread-safe.
     *
     * @param known every release that is kept, and the one that is being prepared
     */
    void sweep(Set<ReleaseId> known) {
        Set<String> kept = known.stream().map(ReleaseId::value).collect(Collectors.toCollection(HashSet::new));
        Set<String> stored = folders.stored(id);
        // After the others were listed: a service may be installed at this moment, and its release is not known yet.
        folders.current(id).ifPresent(kept::add);
        stored.stream().filter(name -> !kept.contains(name)).forEach(this::delete);
    }

    private void delete(String release) {
        try {
            folders.delete(id, release);
        } catch (CommandException e) {
            LOG.warn("service={} release {} stays on disk: {}", id, release, e.getMessage());
        }
    }
}
