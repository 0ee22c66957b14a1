package io.efka.agent.command.handler;

import io.efka.agent.command.Command;
import io.efka.agent.command.CommandArguments;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.release.Deploy;
import io.efka.agent.release.DeployPlan;
import io.efka.agent.release.DeployRequest;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.agent.release.DeployTicket;
import io.efka.agent.release.Deployments;
import io.efka.agent.release.Release;
import io.efka.agent.release.ServiceReleases;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.json.JsonWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** {@code deploy}, {@code rollback}, {@code releases}, {@code confirm} and {@code cancel}. */
public final class DeployCommands {
    private final Deployments deployments;
    private final DeployAnswers answers;
    private final ServiceRequests services;

    public DeployCommands(Deployments deployments, ServiceRequests services) {
        this.deployments = deployments;
        this.answers = new DeployAnswers(deployments);
        this.services = services;
    }

    CompletableFuture<CommandResult> deploy(Command command) throws CommandException {
        ServiceId id = command.requiredService();
        if (services.isInstalled(id) && !services.isOwn(id)) {
            throw new CommandException(
                    ErrorCode.NOT_ALLOWED,
                    "service " + id
                            + " was registered where it is, by work_dir, and has no releases: change its files there");
        }
        return run(command, id, DeployDecoder.content(command.arguments()), false);
    }

    CompletableFuture<CommandResult> rollback(Command command) throws CommandException {
        ServiceId id = command.requiredService();
        services.status(id);
        Optional<String> to = command.arguments().string("to");
        return run(command, id, to.<Content>map(Content.Stored::new).orElseGet(Content.Previous::new), true);
    }

    private CompletableFuture<CommandResult> run(Command command, ServiceId id, Content content, boolean isRollback)
            throws CommandException {
        CommandArguments arguments = command.arguments();
        var request = new DeployRequest(
                command.id(),
                isRollback,
                content,
                DeployDecoder.rule(arguments),
                arguments.string("if_release"),
                arguments.flag("force", false),
                arguments.flag("ignore_hold", false),
                arguments.flag("start", true),
                command.isRepeated(),
                false);
        if (arguments.flag("plan", false))
            return deployments.plan(id, request).handle((plan, why) -> planned(id, plan, why));
        DeployTicket ticket = deployments.deploy(id, request);
        if (command.waits()) return ticket.result().thenApply(over -> answers.of(id, over));
        return ticket.accepted()
                .thenApply(accepted -> ticket.result().isDone()
                        ? answers.of(id, ticket.result().join())
                        : new CommandResult.Done(answers.state(id, ReplyFields.NONE)));
    }

    private CommandResult planned(ServiceId id, @Nullable DeployPlan plan, @Nullable Throwable problem) {
        if (problem instanceof CommandException refusal) return CommandResult.refused(refusal);
        if (plan == null) throw new IllegalStateException("a deploy could not be planned", problem);
        List<ReplyFields> steps = plan.steps().stream()
                .map(step -> ReplyFields.of(JsonWriter.object(step)))
                .toList();
        return new CommandResult.Done(answers.state(
                id, ReplyFields.NONE.and("target", plan.target().value()).and("plan", steps)));
    }

    CompletableFuture<CommandResult> releases(Command command) throws CommandException {
        ServiceId id = command.requiredService();
        services.status(id);
        ServiceReleases releases = deployments.releases(id);
        List<ReplyFields> stored = releases.releases().stream()
                .sorted(Comparator.comparing(Release::storedAt).reversed())
                .map(DeployCommands::line)
                .toList();
        return CompletableFuture.completedFuture(
                new CommandResult.Done(answers.state(id, ReplyFields.NONE.and("releases", stored))));
    }

    private static ReplyFields line(Release release) {
        ReplyFields line = ReplyFields.NONE
                .and("id", release.id().value())
                .and("name", release.id().name())
                .and("stored_at", JsonWriter.timestamp(release.storedAt()));
        if (release.isOriginal()) line = line.and("original", true);
        return release.bad().isPresent() ? line.and("bad", release.bad().get()) : line;
    }

    CompletableFuture<CommandResult> confirm(Command command) throws CommandException {
        ServiceId id = command.requiredService();
        return deployments.confirm(id).thenApply(told -> told(id, told));
    }

    CompletableFuture<CommandResult> cancel(Command command) throws CommandException {
        ServiceId id = command.requiredService();
        return deployments.cancel(id, command.arguments().string("command")).thenApply(told -> told(id, told));
    }

    private CommandResult told(ServiceId id, Optional<Deploy> told) {
        if (told.isPresent()) {
            // Another deploy may have begun since: this is about the one that was told.
            String state = told.get().state().visible();
            return new CommandResult.Done(answers.state(id, ReplyFields.NONE).and("deploy", state));
        }
        return new CommandResult.Failed(
                ErrorCode.NO_DEPLOY, "no deploy of " + id + " is under way", answers.state(id, ReplyFields.NONE));
    }
}
