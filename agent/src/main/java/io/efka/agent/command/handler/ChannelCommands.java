package io.efka.agent.command.handler;

import static io.efka.agent.command.handler.ServiceRequests.Asking;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.channel.ServiceCalls;
import io.efka.agent.channel.ServiceCalls.CallResult;
import io.efka.agent.command.Command;
import io.efka.agent.command.CommandArguments;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.command.CommandTable;
import io.efka.agent.supervision.ConfigStore.Configuration;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Request.Outcome;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Signal;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.manifest.Manifest;
import io.efka.threads.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code call/{name}} and {@code config}: commands that a service answers over its channel. */
public final class ChannelCommands {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    private static final long MAX_TIMEOUT_MS = Duration.ofHours(1).toMillis();

    private final ServiceRequests services;
    private final ServiceCalls channels;
    private final Timers timers;

    public ChannelCommands(ServiceRequests services, ServiceCalls channels, Timers timers) {
        this.services = services;
        this.channels = channels;
        this.timers = timers;
    }

    /** Calls a function of the service, and replies with its result. */
    CompletableFuture<CommandResult> call(Command command) throws CommandException {
        ServiceId service = command.requiredService();
        services.status(service);
        String name = name(command);
        JsonElement args = command.arguments().any("args").orElseGet(JsonObject::new);
        return ifAwaited(
                command, channels.call(service, name, args, timeout(command)).thenApply(ChannelCommands::called));
    }

    /** A sender that does not wait learns that the service was asked, or at once why it could not be. */
    private static CompletableFuture<CommandResult> ifAwaited(
            Command command, CompletableFuture<CommandResult> result) {
        return command.waits() || result.isDone() ? result : CompletableFuture.completedFuture(CommandResult.done());
    }

    private static String name(Command command) throws CommandException {
        String name = command.name().substring(CommandTable.CALL_PREFIX.length());
        if (Names.isLegal(name)) return name;
        throw new CommandException(
                ErrorCode.BAD_ARGUMENT,
                "the name to call must be 1-64 of A-Z a-z 0-9 . _ -, not starting with . or -, was "
                        + JsonExcerpt.of(name));
    }

    /** The timeout that was asked for, cut at the command's deadline. */
    private Duration timeout(Command command) throws CommandException {
        long millis = command.arguments().whole("timeout_ms", 1, MAX_TIMEOUT_MS).orElse(DEFAULT_TIMEOUT.toMillis());
        Duration asked = Duration.ofMillis(millis);
        Optional<Instant> deadline = command.header().replyTo().deadline();
        if (deadline.isEmpty()) return asked;
        Duration left = Duration.between(timers.now(), deadline.get());
        return left.compareTo(asked) < 0 ? left : asked;
    }

    private static CommandResult called(CallResult result) {
        if (!(result instanceof CallResult.Done done)) return failed(result, ErrorCode.CALL_FAILED);
        var fields = new JsonObject();
        fields.add("result", done.value());
        return new CommandResult.Done(ReplyFields.of(fields));
    }

    /** Replies with the service's configuration, or changes it. Setting the same again changes nothing. */
    CompletableFuture<CommandResult> config(Command command) throws CommandException {
        ServiceId service = command.requiredService();
        services.status(service);
        Optional<Signal> signal = command.arguments().signal("signal");
        Optional<CommandArguments> set = command.arguments().object("set");
        if (set.isEmpty()) return CompletableFuture.completedFuture(current(service));
        Manifest manifest = services.manifest(service);
        return ifAwaited(
                command,
                channels.configure(manifest, set.get().content())
                        .thenCompose(result -> configured(command, result, signal)));
    }

    private CommandResult current(ServiceId service) {
        Configuration newest = channels.configuration(service);
        var fields = new JsonObject();
        fields.addProperty("version", newest.version());
        fields.add("config", JsonParser.parseString(newest.json()));
        return new CommandResult.Done(ReplyFields.of(fields));
    }

    private CompletableFuture<CommandResult> configured(Command command, CallResult result, Optional<Signal> signal) {
        if (!(result instanceof CallResult.Done done)) {
            return CompletableFuture.completedFuture(failed(result, ErrorCode.CONFIG_REFUSED));
        }
        CommandResult kept = new CommandResult.Done(ReplyFields.of(done.value().getAsJsonObject()));
        if (signal.isEmpty()) return CompletableFuture.completedFuture(kept);
        return send(command, signal.get())
                .thenApply(problem -> kept.warning(problem.stream().toList()));
    }

    /** Returns a warning if there was no signal: a service that is not running reads its file when it starts. */
    private CompletableFuture<Optional<String>> send(Command command, Signal signal) {
        try {
            return services.ask(
                            command.requiredService(),
                            Asking.of(command),
                            request -> new Event.SignalAsked(request, signal))
                    .thenApply(outcome -> outcome instanceof Outcome.Rejected rejected
                            ? Optional.of("signal " + signal + " was not sent: " + rejected.message())
                            : Optional.empty());
        } catch (CommandException removed) {
            return CompletableFuture.completedFuture(Optional.of(removed.reason()));
        }
    }

    /** @param refusal the code if the service itself refused */
    private static CommandResult failed(CallResult result, ErrorCode refusal) {
        if (result instanceof CallResult.Refused refused) return CommandResult.failed(refusal, refused.message());
        var unanswered = (CallResult.Unanswered) result;
        return CommandResult.failed(unanswered.code(), unanswered.message());
    }
}
