package io.efka.agent.command.handler;

import static io.efka.agent.command.CommandTable.Next.AFTER_DISPATCH;

import io.efka.agent.command.Command;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandTable;
import io.efka.agent.command.KeyedSerialExecutor;
import io.efka.agent.command.handler.ApplySteps.Action;
import io.efka.agent.command.handler.ServiceRequests.Asking;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.manifest.Manifest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** {@code restart} of the device: restarts all services that run, each after those that it depends on. The agent goes on. */
public final class RestartAllCommand implements CommandTable.Handler {
    private final ServiceRegistry supervision;
    private final ServiceRequests services;
    private final KeyedSerialExecutor queues;

    /** @param queues the router's: every restart waits its turn like a command to that service */
    public RestartAllCommand(ServiceRegistry supervision, ServiceRequests services, KeyedSerialExecutor queues) {
        this.supervision = supervision;
        this.services = services;
        this.queues = queues;
    }

    @Override
    public CompletableFuture<CommandResult> handle(Command command) {
        var rounds = new ActionRounds(queues);
        CompletableFuture<Void> going = CompletableFuture.completedFuture(null);
        for (List<ServiceId> level : levels()) {
            going = going.thenCompose(done -> rounds.round(() -> level.stream()
                    .map(id -> rounds.inQueue(id, AFTER_DISPATCH, true, () -> restart(id, command.id())))));
        }
        return going.thenApply(done -> rounds.answer(List.of()));
    }

    /** The services that run; those of each list depend on services of earlier lists only. */
    private List<List<ServiceId>> levels() {
        var left = new ArrayList<ServiceId>();
        supervision.list().stream()
                .filter(this::isToBeRestarted)
                .map(ServiceStatus::id)
                .forEach(left::add);
        var levels = new ArrayList<List<ServiceId>>();
        while (!left.isEmpty()) {
            Set<ServiceId> waiting = new HashSet<>(left);
            List<ServiceId> next = left.stream()
                    .filter(id -> after(id).stream().noneMatch(waiting::contains))
                    .toList();
            // No manifest in use makes a cycle; if one did, its services would all be restarted at once.
            List<ServiceId> level = next.isEmpty() ? List.copyOf(left) : next;
            levels.add(level);
            left.removeAll(level);
        }
        return levels;
    }

    /** A oneshot would do its work twice. */
    private boolean isToBeRestarted(ServiceStatus status) {
        return status.desired() == Desired.RUNNING && status.run().isPresent() && !services.isOneshot(status.id());
    }

    private List<ServiceId> after(ServiceId id) {
        return supervision.manifest(id).map(Manifest::after).orElse(List.of());
    }

    private CompletableFuture<Optional<Action>> restart(ServiceId id, Optional<String> commandId) {
        Optional<ServiceStatus> status = supervision.find(id);
        // It may have been stopped while it waited for its turn.
        if (status.filter(this::isToBeRestarted).isEmpty()) return CompletableFuture.completedFuture(Optional.empty());
        try {
            List<String> warnings = services.reread(id);
            return services.ask(
                            id,
                            new Asking(commandId, true),
                            request -> new Event.RestartAsked(request, false, Optional.empty()))
                    .thenApply(
                            outcome -> restarted(id, CommandResult.of(outcome).warning(warnings)));
        } catch (CommandException refusal) {
            return CompletableFuture.completedFuture(restarted(id, CommandResult.refused(refusal)));
        }
    }

    private static Optional<Action> restarted(ServiceId id, CommandResult answer) {
        return Optional.of(new Action(id, "restarted", answer));
    }
}
