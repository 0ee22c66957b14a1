package io.efka.agent.command;

import static io.efka.agent.command.Services.Asking;

import com.google.gson.JsonElement;
import io.efka.agent.service.Event;
import io.efka.agent.service.Manifest;
import io.efka.agent.service.Outcome;
import io.efka.agent.service.ServiceId;
import io.efka.agent.service.Signal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * {@code config}: says what a service is told about how to work, or with {@code set} tells it to work otherwise. To set
 * what is set already changes nothing, so that it can be repeated.
 */
final class ConfigCommand implements Handler {
    private final Services services;
    private final Talk talk;

    ConfigCommand(Services services, Talk talk) {
        this.services = services;
        this.talk = talk;
    }

    @Override
    public CompletableFuture<Answer> handle(Command command) throws Refusal {
        ServiceId service = command.requiredService();
        services.status(service);
        Optional<Signal> signal = signal(command);
        Optional<Arguments> set = command.arguments().object("set");
        if (set.isEmpty()) {
            return CompletableFuture.completedFuture(new Answer.Done(Fields.of(talk.configuration(service))));
        }
        Manifest manifest = services.manifest(service);
        CompletableFuture<Answer> answer =
                talk.configure(manifest, set.get().content()).thenCompose(heard -> answer(command, heard, signal));
        return command.waits() || answer.isDone() ? answer : CompletableFuture.completedFuture(Answer.done());
    }

    private static Optional<Signal> signal(Command command) throws Refusal {
        Optional<String> name = command.arguments().string("signal");
        if (name.isEmpty()) return Optional.empty();
        Optional<Signal> signal = Signal.named(name.get());
        if (signal.isPresent()) return signal;
        throw command.arguments().wrong("signal", "a signal's name, one of " + List.of(Signal.values()));
    }

    private CompletableFuture<Answer> answer(Command command, Talk.Heard heard, Optional<Signal> signal) {
        if (heard instanceof Talk.Heard.Failure failure) {
            return CompletableFuture.completedFuture(Answer.failed(failure.code(), failure.message()));
        }
        JsonElement value = ((Talk.Heard.Result) heard).value();
        Answer kept = new Answer.Done(Fields.of(value.getAsJsonObject()));
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
        } catch (Refusal removed) {
            return CompletableFuture.completedFuture(Optional.of(removed.reason()));
        }
    }
}
