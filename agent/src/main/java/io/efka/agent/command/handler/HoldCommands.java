package io.efka.agent.command.handler;

import io.efka.agent.command.Command;
import io.efka.agent.command.CommandArguments;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.release.Deployments;
import io.efka.agent.release.Hold;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Until;
import io.efka.protocol.json.JsonWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code hold} and {@code release-hold}: an operator has deploys of a service wait. */
public final class HoldCommands {
    private final Deployments deployments;
    private final ServiceRequests services;

    public HoldCommands(Deployments deployments, ServiceRequests services) {
        this.deployments = deployments;
        this.services = services;
    }

    CompletableFuture<CommandResult> hold(Command command) throws CommandException {
        ServiceId id = command.requiredService();
        services.status(id);
        CommandArguments arguments = command.arguments();
        var request =
                new Hold.Request(Hold.By.OPERATOR, reason(arguments), until(arguments), Optional.empty(), command.id());
        return deployments.hold(id, request).handle((placed, problem) -> {
            if (placed != null) return answer(id, placed);
            if (problem instanceof CommandException refusal) return CommandResult.refused(refusal);
            throw new IllegalStateException("a hold was neither taken nor refused", problem);
        });
    }

    private static String reason(CommandArguments arguments) throws CommandException {
        String right = "why no deploy may stop the service, 1 to " + Hold.MAX_REASON + " characters";
        String reason = arguments.required("reason", right);
        if (reason.isBlank() || reason.length() > Hold.MAX_REASON) throw arguments.wrong("reason", right);
        return reason;
    }

    private static Optional<Until> until(CommandArguments arguments) throws CommandException {
        Optional<String> text = arguments.string("until");
        if (text.isEmpty()) return Optional.empty();
        Optional<Until> until = Until.parse(text.get());
        if (until.isEmpty()) throw arguments.wrong("until", Until.EXAMPLES);
        return until;
    }

    private CommandResult answer(ServiceId id, Hold.Placed placed) {
        Hold hold = placed.hold();
        List<String> warnings = placed.isShortened()
                ? List.of("the hold ends at " + JsonWriter.timestamp(hold.until())
                        + ": the setting max_hold allows no longer one")
                : List.of();
        return new CommandResult.Done(standing(deployments.releases(id).holds())).warning(warnings);
    }

    CompletableFuture<CommandResult> release(Command command) throws CommandException {
        ServiceId id = command.requiredService();
        services.status(id);
        return deployments
                .release(id, by(command.arguments()))
                .thenApply(left -> new CommandResult.Done(standing(left)));
    }

    private static Hold.By by(CommandArguments arguments) throws CommandException {
        String word = arguments.string("by").orElse(Hold.By.OPERATOR.word());
        for (Hold.By by : Hold.By.values()) if (by.word().equals(word)) return by;
        throw arguments.wrong("by", "\"operator\" or \"service\"");
    }

    private static ReplyFields standing(List<Hold> holds) {
        return ReplyFields.NONE.and(
                "holds",
                holds.stream()
                        .map(hold -> ReplyFields.of(JsonWriter.object(hold.fields())))
                        .toList());
    }
}
