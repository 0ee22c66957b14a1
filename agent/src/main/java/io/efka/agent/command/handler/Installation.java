package io.efka.agent.command.handler;

import io.efka.agent.command.CommandResult;
import io.efka.agent.install.Installer;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.install.Installer.Installed;
import io.efka.agent.release.Deployments;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Request;
import io.efka.agent.supervision.Request.Outcome;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.agent.supervision.StoreException;
import io.efka.agent.telemetry.Events;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.manifest.ManifestReading;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Installs, changes and removes services: always the folder together with its supervisor. */
public final class Installation {
    private static final Logger LOG = LoggerFactory.getLogger(Installation.class);

    private final ServiceRegistry supervision;
    private final ServiceRequests services;
    private final Installer installer;
    private final Deployments deployments;
    private final Events events;
    private final Executor pool;

    /** @param pool goes on with a removal when the service has stopped: the folder is not removed on its mailbox */
    public Installation(
            ServiceRegistry supervision,
            ServiceRequests services,
            Installer installer,
            Deployments deployments,
            Events events,
            Executor pool) {
        this.deployments = deployments;
        this.supervision = supervision;
        this.services = services;
        this.installer = installer;
        this.events = events;
        this.pool = pool;
    }

    boolean isInstalled(ServiceId id) {
        return supervision.find(id).isPresent();
    }

    void requireNew(ServiceId id) throws CommandException {
        if (!isInstalled(id)) return;
        throw new CommandException(
                ErrorCode.ALREADY_INSTALLED,
                "service " + id
                        + " is installed already: use apply, which updates it (remove would delete what it has written, too)");
    }

    /** Completes with what the manifest's reader warns of. What comes with the request is the service's first release. */
    CompletableFuture<List<String>> install(ServiceId id, InstallRequest request) throws CommandException {
        requireNew(id);
        services.requireNoCycle(ServiceRequests.usable(id, check(id, request)).manifest());
        Installed installed = installer.install(id, request);
        try {
            supervision.add(id, installed.workDir(), installed.manifest());
        } catch (StoreException e) {
            undo(id, installed.workDir());
            throw new CommandException(
                    ErrorCode.DISK_FULL, "service " + id + " could not be registered: " + e.getMessage());
        }
        events.service(id, "installed", Map.of("work_dir", installed.workDir().toString()));
        return deployments.adopt(id).thenApply(done -> installed.warnings());
    }

    /** Reads the request's manifest without writing anything; refuses a folder that may not be registered. */
    ManifestReading check(ServiceId id, InstallRequest request) throws CommandException {
        return installer.check(id, request);
    }

    /** The release that {@link #install} would write, if it would write one; refuses what that would refuse. */
    Optional<String> foresee(ServiceId id, InstallRequest request) throws CommandException {
        return installer.foresee(id, request);
    }

    /** Whether the service has files that the request does not bring. */
    boolean hasOthers(ServiceId id, InstallRequest request) throws CommandException {
        return installer.hasOthers(id, services.workDir(id), request);
    }

    /** Refuses what an update or a removal would refuse before it stops anything. */
    void requireChangeable(ServiceId id) throws CommandException {
        installer.requireChangeable(id, services.workDir(id));
    }

    boolean differs(ServiceId id, InstallRequest request) throws CommandException {
        return installer.differs(id, services.workDir(id), request);
    }

    /**
     * Stops the service, then writes what differs. The service is left stopped and not desired. After a crash at any
     * point, its state tells which steps are left, and no process runs on with files that are gone. Files that the agent
     * may not change are refused before anything is stopped.
     */
    CompletableFuture<CommandResult> update(ServiceId id, InstallRequest request, Optional<String> commandId)
            throws CommandException {
        Path workDir = services.workDir(id);
        installer.requireChangeable(id, workDir);
        return stopped(id, commandId, Event.StopAsked::new)
                .thenApplyAsync(problem -> problem.orElseGet(() -> write(id, workDir, request)), pool);
    }

    /**
     * Records the removal, stops the service, waits until it is gone, and forgets it. Every step can be repeated: after a
     * crash, the next agent finds the record and begins again. Files that the agent may not remove are refused before
     * anything is stopped; if they cannot be removed after all, the service is started again if it was desired.
     */
    CompletableFuture<CommandResult> remove(ServiceId id, Optional<String> commandId) throws CommandException {
        Path workDir = services.workDir(id);
        installer.requireChangeable(id, workDir);
        boolean wasDesired = services.status(id).desired() == Desired.RUNNING;
        try {
            supervision.beginRemoval(id);
        } catch (StoreException e) {
            throw new CommandException(
                    ErrorCode.DISK_FULL, "service " + id + " stays, its removal cannot be recorded: " + e.getMessage());
        }
        return stopped(id, commandId, Event.StopAsked::forRemoval)
                .thenApplyAsync(
                        problem -> problem.map(answer -> stays(id, answer))
                                .orElseGet(() -> forget(id, workDir, wasDesired)),
                        pool);
    }

    /** The service could not be stopped: the removal is cancelled, unless the agent is ending and leaves it to the next one. */
    private CommandResult stays(ServiceId id, CommandResult problem) {
        boolean isForLater = problem instanceof CommandResult.Failed failed && failed.code() == ErrorCode.INTERRUPTED;
        if (!isForLater) supervision.cancelRemoval(id);
        return problem;
    }

    /**
     * Completes when the service is stopped and not desired, or with why it is not. Its supervisor is asked even if the status
     * says so: right after the start of an agent the supervisor may not have looked yet for a process that lives on.
     */
    private CompletableFuture<Optional<CommandResult>> stopped(
            ServiceId id, Optional<String> commandId, Function<Request, Event> stop) throws CommandException {
        return services.ask(id, new ServiceRequests.Asking(commandId, true), stop)
                .thenApply(outcome -> isStopped(outcome) ? Optional.empty() : Optional.of(CommandResult.of(outcome)));
    }

    private static boolean isStopped(Outcome outcome) {
        return outcome instanceof Outcome.Done
                || (outcome instanceof Outcome.Rejected rejected && rejected.reason() == ErrorCode.NOT_RUNNING);
    }

    private CommandResult write(ServiceId id, Path workDir, InstallRequest request) {
        try {
            Installed updated = installer.update(id, workDir, request);
            supervision.tell(id, new Event.ManifestChanged(updated.manifest()));
            events.service(id, "updated", Map.of("work_dir", updated.workDir().toString()));
            return CommandResult.done().warning(updated.warnings());
        } catch (CommandException e) {
            return CommandResult.refused(e);
        }
    }

    /** The folder first: without a record, it would be taken for a service that somebody put there. */
    private CommandResult forget(ServiceId id, Path workDir, boolean wasDesired) {
        try {
            installer.remove(id, workDir);
            supervision.remove(id);
        } catch (CommandException e) {
            supervision.cancelRemoval(id);
            if (wasDesired) startAgain(id);
            return CommandResult.refused(e);
        } catch (StoreException e) {
            return CommandResult.failed(
                    ErrorCode.DISK_FULL,
                    "the files of service " + id + " are gone, its record is not: " + e.getMessage()
                            + "; the next start of the agent, or another remove, goes on");
        }
        return CommandResult.done();
    }

    private void startAgain(ServiceId id) {
        var request = new Request(Optional.empty(), false, outcome -> {
            if (outcome instanceof Outcome.Rejected rejected) {
                LOG.warn("service={} is not started again after a removal that failed: {}", id, rejected.message());
            }
        });
        supervision.tell(id, new Event.StartAsked(request));
    }

    private void undo(ServiceId id, Path workDir) {
        try {
            installer.remove(id, workDir);
        } catch (CommandException e) {
            LOG.warn("the folder of {} could not be removed again: {}", id, e.getMessage());
        }
    }
}
