package io.efka.agent.command.handler;

import static io.efka.agent.command.CommandTable.Next.AFTER_COMPLETION;
import static io.efka.agent.command.CommandTable.Next.AFTER_DISPATCH;

import io.efka.agent.command.CommandResult;
import io.efka.agent.command.handler.ActionRounds.Begun;
import io.efka.agent.command.handler.ApplyDecoder.ApplyPlan;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Request;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What an apply does to one service. Each step looks at the present state, and does nothing if that is right already.
 * Remembers what the earlier steps of the same apply did. Thread-safe.
 */
final class ApplySteps {
    private final ServiceRegistry supervision;
    private final ServiceRequests services;
    private final Installation installation;
    private final ReleaseSteps releases;
    private final Optional<String> commandId;
    /** Ran before they were updated: they are started again. */
    private final Set<ServiceId> ran = ConcurrentHashMap.newKeySet();
    /** Have their new files. */
    private final Set<ServiceId> updated = ConcurrentHashMap.newKeySet();
    /** Were running, and run a new release now. */
    private final Set<ServiceId> switched = ConcurrentHashMap.newKeySet();

    ApplySteps(
            ServiceRegistry supervision, ServiceRequests services, Installation installation, ReleaseSteps releases) {
        this.supervision = supervision;
        this.services = services;
        this.installation = installation;
        this.releases = releases;
        this.commandId = releases.command().id();
    }

    /** @param name {@code installed}, {@code updated}, {@code started} …; what was tried, where it failed */
    record Action(ServiceId service, String name, CommandResult answer) {
        boolean isFailed() {
            return answer instanceof CommandResult.Failed;
        }
    }

    List<ServiceId> installed() {
        return supervision.list().stream().map(ServiceStatus::id).toList();
    }

    /** A deploy waits for the service's turn by itself: whoever held the queue until it is over would wait for ever. */
    Begun content(ApplyPlan.Wanted wanted) {
        if (wanted.content().isEmpty()) return new Begun(AFTER_DISPATCH, nothing());
        if (releases.isFor(wanted)) return new Begun(AFTER_DISPATCH, release(wanted));
        // What is not a release came with the command.
        InstallRequest content = ((Content.Inline) wanted.content().get()).request();
        return new Begun(AFTER_COMPLETION, content(wanted.id(), content));
    }

    private CompletableFuture<Optional<Action>> release(ApplyPlan.Wanted wanted) {
        String name = installation.isInstalled(wanted.id()) ? "updated" : "installed";
        try {
            if (releases.isCurrent(wanted)) return nothing();
        } catch (CommandException refusal) {
            return done(new Action(wanted.id(), name, CommandResult.refused(refusal)));
        }
        boolean ran =
                supervision.find(wanted.id()).filter(now -> !isAtRest(now)).isPresent();
        return action(
                wanted.id(),
                name,
                () -> releases.deploy(wanted).thenApply(answer -> {
                    if (ran && answer instanceof CommandResult.Done) switched.add(wanted.id());
                    return answer;
                }));
    }

    private CompletableFuture<Optional<Action>> content(ServiceId id, InstallRequest content) {
        if (!installation.isInstalled(id)) {
            return action(
                    id,
                    "installed",
                    () -> installation
                            .install(id, content)
                            .thenApply(warnings -> CommandResult.done().warning(warnings)));
        }
        try {
            if (!installation.differs(id, content)) return nothing();
        } catch (CommandException refusal) {
            return done(new Action(id, "updated", CommandResult.refused(refusal)));
        }
        if (supervision.find(id).filter(now -> !isAtRest(now)).isPresent()) ran.add(id);
        return action(
                id,
                "updated",
                () -> installation.update(id, content, commandId).thenApply(answer -> {
                    if (answer instanceof CommandResult.Done) updated.add(id);
                    return answer;
                }));
    }

    CompletableFuture<Optional<Action>> remove(ServiceId id) {
        if (!installation.isInstalled(id)) return nothing();
        return action(id, "removed", () -> installation.remove(id, commandId));
    }

    CompletableFuture<Optional<Action>> stop(ServiceId id) {
        Optional<ServiceStatus> status = supervision.find(id);
        if (status.isEmpty() || isAtRest(status.get())) return nothing();
        return ask(id, "stopped", true, Event.StopAsked::new);
    }

    /** A oneshot that has completed is as it should be, unless this apply has changed its files since. */
    CompletableFuture<Optional<Action>> start(ServiceId id) {
        Optional<ServiceStatus> status = supervision.find(id);
        if (status.isEmpty()) return nothing();
        if (isWell(status.get())) {
            if (!switched.contains(id)) return nothing();
            return done(new Action(id, "restarted", CommandResult.of(status.get())));
        }
        String name = ran.contains(id) ? "restarted" : "started";
        // How long a oneshot takes is up to it: an apply ends when it has begun.
        return ask(id, name, !services.isOneshot(id), Event.StartAsked::new);
    }

    /** Whether nobody wants it to run, and it does not. */
    static boolean isAtRest(ServiceStatus now) {
        return now.desired() == Desired.STOPPED && now.run().isEmpty();
    }

    private boolean isWell(ServiceStatus now) {
        return isWell(now, updated.contains(now.id()));
    }

    /** @param isUpdated whether it has its new files, with which a oneshot has not completed yet */
    static boolean isWell(ServiceStatus now, boolean isUpdated) {
        boolean hasCompleted = now.state() == ServiceStatus.State.COMPLETED && !isUpdated;
        return hasCompleted || (now.desired() == Desired.RUNNING && now.state() != ServiceStatus.State.FAILED);
    }

    private CompletableFuture<Optional<Action>> ask(
            ServiceId id, String name, boolean waits, Function<Request, Event> event) {
        var asking = new ServiceRequests.Asking(commandId, waits);
        return action(id, name, () -> services.ask(id, asking, event).thenApply(CommandResult::of));
    }

    /** Something that is tried. */
    private interface Attempt {
        CompletableFuture<CommandResult> begin() throws CommandException;
    }

    private static CompletableFuture<Optional<Action>> action(ServiceId id, String name, Attempt attempt) {
        try {
            return attempt.begin().thenApply(answer -> Optional.of(new Action(id, name, answer)));
        } catch (CommandException refusal) {
            return done(new Action(id, name, CommandResult.refused(refusal)));
        }
    }

    private static CompletableFuture<Optional<Action>> nothing() {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    private static CompletableFuture<Optional<Action>> done(Action action) {
        return CompletableFuture.completedFuture(Optional.of(action));
    }
}
