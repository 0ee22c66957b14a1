package io.efka.agent.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.agent.service.Names;
import io.efka.agent.service.ServiceId;
import io.efka.agent.service.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code call/{name}}: has a service do something of its own, and answers with what it says. */
final class CallCommand implements Handler {
    static final String PREFIX = "call/";

    private static final Duration USUAL = Duration.ofSeconds(30);
    private static final long MAX_TIMEOUT_MS = Duration.ofHours(1).toMillis();

    private final Services services;
    private final Talk talk;
    private final Timers timers;

    CallCommand(Services services, Talk talk, Timers timers) {
        this.services = services;
        this.talk = talk;
        this.timers = timers;
    }

    @Override
    public CompletableFuture<Answer> handle(Command command) throws Refusal {
        ServiceId service = command.requiredService();
        services.status(service);
        String name = name(command);
        JsonElement args = command.arguments().any("args").orElseGet(JsonObject::new);
        CompletableFuture<Answer> answer =
                talk.call(service, name, args, timeout(command)).thenApply(CallCommand::answer);
        // Who does not wait hears that the service was asked, or at once why it could not be.
        return command.waits() || answer.isDone() ? answer : CompletableFuture.completedFuture(Answer.done());
    }

    private static String name(Command command) throws Refusal {
        String name = command.name().substring(PREFIX.length());
        if (Names.isLegal(name)) return name;
        throw new Refusal(
                ErrorCode.BAD_ARGUMENT,
                "what to call must be 1-64 of A-Z a-z 0-9 . _ -, not starting with . or -, was "
                        + PayloadCodec.shown(name));
    }

    /** What was asked for, and no longer than anybody waits. */
    private Duration timeout(Command command) throws Refusal {
        long millis = command.arguments().whole("timeout_ms", 1, MAX_TIMEOUT_MS).orElse(USUAL.toMillis());
        Duration asked = Duration.ofMillis(millis);
        Optional<Instant> deadline = command.address().replyTo().deadline();
        if (deadline.isEmpty()) return asked;
        Duration left = Duration.between(timers.now(), deadline.get());
        return left.compareTo(asked) < 0 ? left : asked;
    }

    private static Answer answer(Talk.Heard heard) {
        if (heard instanceof Talk.Heard.Failure failure) return Answer.failed(failure.code(), failure.message());
        JsonElement value = ((Talk.Heard.Result) heard).value();
        var fields = new JsonObject();
        fields.add("result", value);
        return new Answer.Done(Fields.of(fields));
    }
}
