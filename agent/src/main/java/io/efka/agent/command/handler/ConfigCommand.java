package io.efka.agent.command.handler;

import static io.efka.agent.command.handler.ServiceRequests.Asking;

import com.google.gson.JsonElement;
import io.efka.agent.command.Command;
import io.efka.agent.command.CommandArguments;
import io.efka.agent.command.CommandException;
import io.efka.agent.command.CommandHandler;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.ReplyFields;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Request.Outcome;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * {@code config}: says what a service is told about how to work, or with {@code set} tells it to work otherwise. To set
 * what is set already changes nothing, so that it can be repeated.
 */
final class ConfigCommand implements CommandHandler {
    private final ServiceRequests services;
    private final Talk talk;

    ConfigCommand(ServiceRequests services, Talk talk) {
        this.services = services;
        this.talk = talk;
    }

    @Override
    public CompletableFuture<CommandResult> handle(Command command) throws CommandException {
        ServiceId service = command.requiredService();
        services.status(service);
        Optional<Signal> signal = signal(command);
        Optional<CommandArguments> set = command.arguments().object("set");
        if (set.isEmpty()) {
            return CompletableFuture.completedFuture(
                    new CommandResult.Done(ReplyFields.of(talk.configuration(service))));
        }
        Manifest manifest = services.manifest(service);
        CompletableFuture<CommandResult> answer =
                talk.configure(manifest, set.get().content()).thenCompose(heard -> answer(command, heard, signal));
        return command.waits() || answer.isDone() ? answer : CompletableFuture.completedFuture(CommandResult.done());
    }

    private static Optional<Signal> signal(Command command) throws CommandException {
        Optional<String> name = command.arguments().string("signal");
        if (name.isEmpty()) return Optional.empty();
        Optional<Signal> signal = Signal.named(name.get());
        if (signal.isPresent()) return signal;
        throw command.arguments().wrong("signal", "a signal's name, one of " + List.of(Signal.values()));
    }

    private CompletableFuture<CommandResult> answer(Command command, Talk.Heard heard, Optional<Signal> signal) {
        if (heard instanceof Talk.Heard.Failure failure) {
            return CompletableFuture.completedFuture(CommandResult.failed(failure.code(), failure.message()));
        }
        JsonElement value = ((Talk.Heard.Result) heard).value();
        CommandResult kept = new CommandResult.Done(ReplyFields.of(value.getAsJsonObject()));
        if (signal.isEmpty()) return CompletableFuture.completedFuture(kept);
        return send(command, signal.get())
                .thenApply(problem -> kept.warning(problem.stream().toList()));
    }

    /** A service that is not running reads its file when it starts: no signal is no failure. */
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
}
