package io.efka.agent.command.handler;

import io.efka.agent.command.Command;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.ledger.LedgerEntry.ServiceSnapshot;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.release.DeployRequest;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.agent.release.Deployments;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Request.Outcome;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code install} and {@code remove}. */
public final class InstallCommands {
    private final Installation installation;
    private final ServiceRequests services;
    private final Deployments deployments;
    private final DeployAnswers answers;

    public InstallCommands(Installation installation, ServiceRequests services, Deployments deployments) {
        this.installation = installation;
        this.services = services;
        this.deployments = deployments;
        this.answers = new DeployAnswers(deployments);
    }

    CompletableFuture<CommandResult> install(Command command) throws CommandException {
        ServiceId id = command.requiredService();
        boolean starts = command.arguments().flag("start", false);
        boolean isDone =
                command.snapshot().filter(before -> !before.wasInstalled()).isPresent() && installation.isInstalled(id);
        Optional<Content> fetched = DeployDecoder.fetched(command.arguments());
        if (fetched.isPresent()) return fetch(command, id, fetched.get(), starts, isDone);
        InstallRequest request = InstallDecoder.decode(command.arguments());
        CompletableFuture<List<String>> installing =
                isDone ? CompletableFuture.completedFuture(List.of()) : installation.install(id, request);
        return installing.thenCompose(warnings ->
                (starts ? start(command, id, isDone) : stopped(id)).thenApply(answer -> answer.warning(warnings)));
    }

    private CompletableFuture<CommandResult> stopped(ServiceId id) {
        try {
            return CompletableFuture.completedFuture(installed(CommandResult.of(services.status(id))));
        } catch (CommandException gone) {
            return CompletableFuture.completedFuture(CommandResult.refused(gone));
        }
    }

    private CompletableFuture<CommandResult> start(Command command, ServiceId id, boolean isDone) {
        try {
            return services.ask(id, asking(command, id), asked -> new Event.StartAsked(asked, isDone, Optional.empty()))
                    .thenApply(outcome -> installed(started(command, outcome)));
        } catch (CommandException gone) {
            return CompletableFuture.completedFuture(CommandResult.refused(gone));
        }
    }

    /** A deploy of a service that is not there yet. It waits for its turn by itself. */
    private CompletableFuture<CommandResult> fetch(
            Command command, ServiceId id, Content content, boolean starts, boolean isDone) throws CommandException {
        if (!isDone) installation.requireNew(id);
        var request = new DeployRequest(
                command.id(),
                false,
                content,
                DeployDecoder.rule(command.arguments()),
                Optional.empty(),
                false,
                false,
                starts,
                command.isRepeated(),
                true);
        return deployments.deploy(id, request).result().thenApply(over -> {
            CommandResult answer = answers.of(id, over);
            return answer.with(answer.fields().and("installed", installation.isInstalled(id)));
        });
    }

    /** An install holds the service's queue, so it does not wait until a oneshot has completed. */
    private ServiceRequests.Asking asking(Command command, ServiceId id) {
        return services.isOneshot(id)
                ? new ServiceRequests.Asking(command.id(), false)
                : ServiceRequests.Asking.andWait(command);
    }

    CompletableFuture<CommandResult> remove(Command command) throws CommandException {
        ServiceId id = command.requiredService();
        boolean isDone =
                command.snapshot().filter(ServiceSnapshot::wasInstalled).isPresent() && !installation.isInstalled(id);
        if (isDone) return CompletableFuture.completedFuture(CommandResult.done());
        return installation.remove(id, command.id());
    }

    /** A repeated install may find running what it started before the crash. */
    private static CommandResult started(Command command, Outcome outcome) {
        if (command.isRepeated()
                && outcome instanceof Outcome.Rejected rejected
                && rejected.reason() == ErrorCode.ALREADY_RUNNING) {
            return CommandResult.of(rejected.status());
        }
        return CommandResult.of(outcome);
    }

    /** Also if the start failed: the service is installed and stays so. */
    private static CommandResult installed(CommandResult answer) {
        return answer.with(answer.fields().and("installed", true));
    }
}
