package io.efka.agent.command.handler;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.agent.command.Command;
import io.efka.agent.command.CommandException;
import io.efka.agent.command.CommandHandler;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandTable;
import io.efka.agent.command.ReplyFields;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.threads.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code call/{name}}: has a service do something of its own, and answers with what it says. */
public final class CallCommand implements CommandHandler {

    private static final Duration USUAL = Duration.ofSeconds(30);
    private static final long MAX_TIMEOUT_MS = Duration.ofHours(1).toMillis();

    private final ServiceRequests services;
    private final Talk talk;
    private final Timers timers;

    CallCommand(ServiceRequests services, Talk talk, Timers timers) {
        this.services = services;
        this.talk = talk;
        this.timers = timers;
    }

    @Override
    public CompletableFuture<CommandResult> handle(Command command) throws CommandException {
        ServiceId service = command.requiredService();
        services.status(service);
        String name = name(command);
        JsonElement args = command.arguments().any("args").orElseGet(JsonObject::new);
        CompletableFuture<CommandResult> answer =
                talk.call(service, name, args, timeout(command)).thenApply(CallCommand::answer);
        // Who does not wait hears that the service was asked, or at once why it could not be.
        return command.waits() || answer.isDone() ? answer : CompletableFuture.completedFuture(CommandResult.done());
    }

    private static String name(Command command) throws CommandException {
        String name = command.name().substring(CommandTable.CALL_PREFIX.length());
        if (Names.isLegal(name)) return name;
        throw new CommandException(
                ErrorCode.BAD_ARGUMENT,
                "what to call must be 1-64 of A-Z a-z 0-9 . _ -, not starting with . or -, was "
                        + JsonExcerpt.of(name));
    }

    /** What was asked for, and no longer than anybody waits. */
    private Duration timeout(Command command) throws CommandException {
        long millis = command.arguments().whole("timeout_ms", 1, MAX_TIMEOUT_MS).orElse(USUAL.toMillis());
        Duration asked = Duration.ofMillis(millis);
        Optional<Instant> deadline = command.address().replyTo().deadline();
        if (deadline.isEmpty()) return asked;
        Duration left = Duration.between(timers.now(), deadline.get());
        return left.compareTo(asked) < 0 ? left : asked;
    }

    private static CommandResult answer(Talk.Heard heard) {
        if (heard instanceof Talk.Heard.Failure failure) return CommandResult.failed(failure.code(), failure.message());
        JsonElement value = ((Talk.Heard.Result) heard).value();
        var fields = new JsonObject();
        fields.add("result", value);
        return new CommandResult.Done(ReplyFields.of(fields));
    }
}
