package io.efka.agent.command.handler;

import io.efka.agent.artifact.ArtifactRef;
import io.efka.agent.command.Command;
import io.efka.agent.command.CommandArguments;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.release.Deploy;
import io.efka.agent.release.Deploy.DeployRule;
import io.efka.agent.release.DeployRequest;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.agent.release.DeployResult;
import io.efka.agent.release.DeployTicket;
import io.efka.agent.release.Deployments;
import io.efka.agent.release.Release;
import io.efka.agent.release.ServiceReleases;
import io.efka.protocol.CommandException;
import io.efka.protocol.Durations;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.json.JsonWriter;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code deploy}, {@code rollback}, {@code releases}, {@code confirm} and {@code cancel}. */
public final class DeployCommands {
    private final Deployments deployments;
    private final ServiceRequests services;

    public DeployCommands(Deployments deployments, ServiceRequests services) {
        this.deployments = deployments;
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
        return run(command, id, content(command.arguments()), false);
    }

    private static Content content(CommandArguments arguments) throws CommandException {
        Optional<String> release = arguments.string("release");
        Optional<ArtifactRef> artifact = ArtifactDecoder.decode(arguments);
        boolean isInline = arguments.object("manifest").isPresent();
        if (artifact.isPresent()) {
            if (isInline || arguments.object("files").isPresent()) {
                throw arguments.wrong("artifact", "left out where manifest or files are given");
            }
            return new Content.Fetched(artifact.get(), release);
        }
        if (isInline && release.isPresent()) {
            throw arguments.wrong("release", "left out where a manifest is given, which names its release itself");
        }
        if (isInline) return new Content.Inline(InstallDecoder.decode(arguments));
        if (release.isEmpty()) {
            throw arguments.wrong(
                    "artifact",
                    "where to fetch a release, or manifest its manifest, or release the name of one that is stored");
        }
        return new Content.Stored(release.get());
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
                rule(arguments),
                arguments.string("if_release"),
                arguments.flag("force", false),
                arguments.flag("start", true),
                command.isRepeated());
        DeployTicket ticket = deployments.deploy(id, request);
        if (command.waits()) return ticket.result().thenApply(over -> answer(id, over));
        return ticket.accepted()
                .thenApply(accepted -> ticket.result().isDone()
                        ? answer(id, ticket.result().join())
                        : new CommandResult.Done(state(id, ReplyFields.NONE)));
    }

    private static DeployRule rule(CommandArguments arguments) throws CommandException {
        DeployRule standard = DeployRule.STANDARD;
        Duration minHealthy = duration(arguments, "min_healthy").orElse(standard.minHealthy());
        Duration deadline = duration(arguments, "healthy_deadline").orElse(standard.deadline());
        if (deadline.compareTo(minHealthy) < 0) {
            throw arguments.wrong("healthy_deadline", "at least min_healthy, which is " + Durations.format(minHealthy));
        }
        String onFailure = arguments.string("on_failure").orElse("rollback");
        if (!List.of("rollback", "keep").contains(onFailure)) {
            throw arguments.wrong("on_failure", "\"rollback\" or \"keep\"");
        }
        return new DeployRule(
                minHealthy, deadline, onFailure.equals("rollback"), duration(arguments, "confirm_within"));
    }

    private static Optional<Duration> duration(CommandArguments arguments, String key) throws CommandException {
        Optional<String> text = arguments.string(key);
        if (text.isEmpty()) return Optional.empty();
        Optional<Duration> duration = Durations.parse(text.get());
        if (duration.isEmpty()) throw arguments.wrong(key, "a duration, " + Durations.EXAMPLES);
        return duration;
    }

    private CommandResult answer(ServiceId id, DeployResult over) {
        ReplyFields fields = state(id, ReplyFields.NONE.and("outcome", word(over.outcome())));
        return over.problem()
                .<CommandResult>map(problem -> new CommandResult.Failed(problem.code(), problem.message(), fields))
                .orElseGet(() -> new CommandResult.Done(fields));
    }

    /** What is current, and how the deploy stands. */
    private ReplyFields state(ServiceId id, ReplyFields before) {
        ServiceReleases releases = deployments.releases(id);
        ReplyFields fields = before;
        if (releases.current().isPresent())
            fields = fields.and("release", releases.current().get().value());
        if (releases.previous().isPresent())
            fields = fields.and("previous", releases.previous().get().value());
        if (releases.deploy().isPresent())
            fields = fields.and("deploy", releases.deploy().get().state().visible());
        return fields;
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
                new CommandResult.Done(state(id, ReplyFields.NONE.and("releases", stored))));
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
        return deployments.cancel(id).thenApply(told -> told(id, told));
    }

    private CommandResult told(ServiceId id, Optional<Deploy> told) {
        if (told.isPresent()) return new CommandResult.Done(state(id, ReplyFields.NONE));
        return new CommandResult.Failed(
                ErrorCode.NO_DEPLOY, "no deploy of " + id + " is under way", state(id, ReplyFields.NONE));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
