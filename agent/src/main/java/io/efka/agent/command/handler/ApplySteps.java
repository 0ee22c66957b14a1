package io.efka.agent.command.handler;

import io.efka.agent.command.CommandResult;
import io.efka.agent.command.handler.ApplyDecoder.ApplyPlan;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Request;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What an apply does to one service. Each step looks at the present state, and does nothing if that is right already. */
final class ApplySteps {
    private final ServiceRegistry supervision;
    private final ServiceRequests services;
    private final Installation installation;
    private final Optional<String> commandId;

    ApplySteps(
            ServiceRegistry supervision,
            ServiceRequests services,
            Installation installation,
            Optional<String> commandId) {
        this.supervision = supervision;
        this.services = services;
        this.installation = installation;
        this.commandId = commandId;
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

    CompletableFuture<Optional<Action>> content(ApplyPlan.Wanted wanted) {
        ServiceId id = wanted.id();
        if (wanted.content().isEmpty()) return nothing();
        if (!installation.isInstalled(id)) {
            return action(
                    id,
                    "installed",
                    () -> CompletableFuture.completedFuture(CommandResult.done()
                            .warning(installation.install(id, wanted.content().get()))));
        }
        try {
            if (!installation.differs(id, wanted.content().get())) return nothing();
        } catch (CommandException refusal) {
            return done(new Action(id, "updated", CommandResult.refused(refusal)));
        }
        return action(
                id, "updated", () -> installation.update(id, wanted.content().get(), commandId));
    }

    CompletableFuture<Optional<Action>> remove(ServiceId id) {
        if (!installation.isInstalled(id)) return nothing();
        return action(id, "removed", () -> installation.remove(id, commandId));
    }

    CompletableFuture<Optional<Action>> stop(ServiceId id) {
        Optional<ServiceStatus> status = supervision.find(id);
        boolean isStopped = status.filter(
                        now -> now.desired() == Desired.STOPPED && now.state() == ServiceStatus.State.STOPPED)
                .isPresent();
        if (status.isEmpty() || isStopped) return nothing();
        return ask(id, "stopped", Event.StopAsked::new);
    }

    /** @param isUpdated whether it was running, and stopped to be updated */
    CompletableFuture<Optional<Action>> start(ServiceId id, boolean isUpdated) {
        Optional<ServiceStatus> status = supervision.find(id);
        boolean isWell = status.filter(
                        now -> now.desired() == Desired.RUNNING && now.state() != ServiceStatus.State.FAILED)
                .isPresent();
        if (status.isEmpty() || isWell) return nothing();
        return ask(id, isUpdated ? "restarted" : "started", Event.StartAsked::new);
    }

    private CompletableFuture<Optional<Action>> ask(ServiceId id, String name, Function<Request, Event> event) {
        var asking = new ServiceRequests.Asking(commandId, true);
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
