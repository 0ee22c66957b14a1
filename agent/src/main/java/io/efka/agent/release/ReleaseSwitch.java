package io.efka.agent.release;

import io.efka.agent.install.ReleaseFolders;
import io.efka.agent.release.DeployResult.Problem;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Request.Outcome;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.agent.supervision.StoreException;
import io.efka.protocol.Cause;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.manifest.Manifest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Stops a service, has another folder be what is started, and starts it. Every step may be done again, in any state that a
 * crash leaves. Nothing is unpacked or read in between: how long the service is down is its own stop and start.
 */
final class ReleaseSwitch {
    private final ServiceId id;
    private final Path folder;
    private final boolean isWanted;
    private final Cause cause;
    private final ReleaseFolders folders;
    private final ServiceRegistry services;
    private final Executor disk;

    /**
     * @param folder of the release, absolute
     * @param isWanted whether the service is to run
     * @param cause of the stop and the start
     */
    ReleaseSwitch(ServiceId id, Path folder, boolean isWanted, Cause cause, DeployPorts ports) {
        this.id = id;
        this.folder = folder;
        this.isWanted = isWanted;
        this.cause = cause;
        this.folders = ports.folders();
        this.services = ports.services();
        this.disk = ports.disk();
    }

    /** Completes with what went wrong; empty: the release is current, and the service is being started if it is to run. */
    CompletableFuture<Optional<Problem>> run() {
        // The manifest is read before the service is stopped.
        return CompletableFuture.supplyAsync(this::read, disk)
                .thenCompose(read -> read.problem().isPresent()
                        ? CompletableFuture.completedFuture(read.problem())
                        : stopAndSwitch(read.manifest().orElseThrow()));
    }

    private record Read(Optional<Manifest> manifest, Optional<Problem> problem) {}

    private Read read() {
        try {
            return new Read(Optional.of(folders.manifest(id, folder)), Optional.empty());
        } catch (CommandException e) {
            return new Read(Optional.empty(), Optional.of(Problem.of(e)));
        }
    }

    private CompletableFuture<Optional<Problem>> stopAndSwitch(Manifest manifest) {
        return stop(id, cause, services).thenCompose(stopped -> {
            if (stopped.isPresent()) return CompletableFuture.completedFuture(stopped);
            return CompletableFuture.supplyAsync(() -> makeCurrent(manifest), disk)
                    .thenCompose(linked -> linked.isPresent()
                            ? CompletableFuture.completedFuture(linked)
                            : register(manifest).thenCompose(this::start));
        });
    }

    /** Completes with why the service still runs; empty: it has no process, or there is no such service. */
    static CompletableFuture<Optional<Problem>> stop(ServiceId id, Cause cause, ServiceRegistry services) {
        return problem(services.ask(id, cause, true, request -> new Event.StopAsked(request, true)));
    }

    private Optional<Problem> makeCurrent(Manifest manifest) {
        try {
            folders.makeCurrent(id, folder, manifest.program().user());
            if (services.find(id).isEmpty()) services.add(id, folder, manifest);
            return Optional.empty();
        } catch (CommandException e) {
            return Optional.of(Problem.of(e));
        } catch (StoreException e) {
            return Optional.of(
                    new Problem(ErrorCode.DISK_FULL, "the service could not be recorded: " + e.getMessage()));
        }
    }

    private CompletableFuture<Optional<Problem>> register(Manifest manifest) {
        Desired desired = isWanted ? Desired.RUNNING : Desired.STOPPED;
        return problem(services.ask(
                id, cause, true, request -> new Event.ReleaseSwitched(request, folder, manifest, desired)));
    }

    /**
     * From here on it is desired, so its restart policy goes on whatever comes of this start; but for a start that a full disk
     * refuses, after which nothing would go on.
     */
    private CompletableFuture<Optional<Problem>> start(Optional<Problem> switched) {
        if (switched.isPresent() || !isWanted) return CompletableFuture.completedFuture(switched);
        return problem(services.ask(id, cause, false, Event.StartAsked::new))
                .thenApply(problem -> problem.filter(why -> why.code() == ErrorCode.DISK_FULL));
    }

    /** A service that there is not has nothing to object. */
    private static CompletableFuture<Optional<Problem>> problem(Optional<CompletableFuture<Outcome>> asked) {
        return asked.map(outcome -> outcome.thenApply(ReleaseSwitch::problem))
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    }

    private static Optional<Problem> problem(Outcome outcome) {
        if (outcome instanceof Outcome.Rejected rejected && rejected.reason() != ErrorCode.NOT_RUNNING) {
            return Optional.of(new Problem(rejected.reason(), rejected.message()));
        }
        return Optional.empty();
    }
}
