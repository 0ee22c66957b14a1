package io.efka.agent.command;

import static io.efka.agent.command.Services.Asking;

import io.efka.agent.service.Event;
import io.efka.agent.service.Outcome;
import io.efka.agent.service.Request;
import io.efka.agent.service.RunId;
import io.efka.agent.service.ServiceId;
import io.efka.agent.service.ServiceStatus;
import io.efka.agent.service.Signal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;

/** The commands that a service's supervisor answers. */
final class ServiceCommands {
    private final Services services;
    private final Documents documents;
    private final Predicate<RunId> isGrouped;

    ServiceCommands(Services services, Documents documents, Predicate<RunId> isGrouped) {
        this.isGrouped = isGrouped;
        this.services = services;
        this.documents = documents;
    }

    CompletableFuture<Answer> status(Command command) throws Refusal {
        ServiceStatus status = services.status(command.requiredService());
        Answer answer = Answer.of(status);
        return CompletableFuture.completedFuture(answer.with(answer.fields().and("status", documents.of(status))));
    }

    CompletableFuture<Answer> start(Command command) throws Refusal {
        List<String> warnings = services.reread(command.requiredService());
        return ask(command, Event.StartAsked::new)
                .thenApply(outcome -> started(command, outcome).warning(warnings));
    }

    CompletableFuture<Answer> stop(Command command) throws Refusal {
        List<String> warnings = notFound(services.status(command.requiredService()));
        return ask(command, Event.StopAsked::new)
                .thenApply(outcome -> stopped(command, outcome))
                .thenApply(answer -> answer instanceof Answer.Done ? answer.warning(warnings) : answer);
    }

    /** What a stop that succeeds may have left all the same. */
    private List<String> notFound(ServiceStatus status) {
        boolean isFound = status.run().filter(isGrouped.negate()).isEmpty();
        if (isFound) return List.of();
        return List.of(
                "no control group could be had for " + status.id() + ": a process of it that left its session and"
                        + " process group, was orphaned and cleared its environment is not found, and may still run");
    }

    /**
     * Start and stop by one name, for controls that know one topic and two positions. It is about where the service is to
     * be, so what is there already is no error.
     */
    CompletableFuture<Answer> toggle(Command command) throws Refusal {
        boolean on = command.arguments().flag("on");
        return (on ? start(command) : stop(command)).thenApply(ServiceCommands::contented);
    }

    CompletableFuture<Answer> restart(Command command) throws Refusal {
        ServiceId id = command.requiredService();
        List<String> warnings = services.reread(id);
        Optional<RunId> before = command.before().flatMap(Before::run);
        // Whether it is done already is decided where the run is known, not by a status that is old a moment later.
        return ask(command, request -> new Event.RestartAsked(request, command.isRepeated(), before))
                .thenApply(outcome -> started(command, outcome).warning(warnings));
    }

    CompletableFuture<Answer> reset(Command command) throws Refusal {
        return ask(command, Event.ResetAsked::new).thenApply(Answer::of);
    }

    CompletableFuture<Answer> enable(Command command) throws Refusal {
        return ask(command, request -> new Event.AutostartAsked(request, true)).thenApply(Answer::of);
    }

    CompletableFuture<Answer> disable(Command command) throws Refusal {
        return ask(command, request -> new Event.AutostartAsked(request, false)).thenApply(Answer::of);
    }

    CompletableFuture<Answer> signal(Command command) throws Refusal {
        String right = "a signal's name, one of " + List.of(Signal.values());
        String name = command.arguments().required("signal", right);
        Optional<Signal> signal = Signal.named(name);
        if (signal.isEmpty()) throw command.arguments().wrong("signal", right);
        return ask(command, request -> new Event.SignalAsked(request, signal.get()))
                .thenApply(Answer::of);
    }

    CompletableFuture<Answer> input(Command command) throws Refusal {
        String text = command.arguments().required("text", "what to write to stdin, as in \"reload\\n\"");
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ask(command, request -> new Event.InputAsked(request, bytes)).thenApply(Answer::of);
    }

    private CompletableFuture<Outcome> ask(Command command, Function<Request, Event> event) throws Refusal {
        return services.ask(command.requiredService(), Asking.of(command), event);
    }

    /** A repeated start finds running what it started itself before the crash: that is what was asked for. */
    private static Answer started(Command command, Outcome outcome) {
        if (command.isRepeated()
                && outcome instanceof Outcome.Rejected rejected
                && rejected.reason() == Outcome.Reason.ALREADY_RUNNING
                && hasNewRun(command, rejected.status())) {
            return Answer.of(rejected.status());
        }
        return Answer.of(outcome);
    }

    private static Answer contented(Answer answer) {
        boolean isThere = answer instanceof Answer.Failed failed
                && (failed.code() == ErrorCode.ALREADY_RUNNING || failed.code() == ErrorCode.NOT_RUNNING);
        return isThere ? new Answer.Done(answer.fields()) : answer;
    }

    private static boolean hasNewRun(Command command, ServiceStatus status) {
        return status.run().isPresent() && !status.run().equals(command.before().flatMap(Before::run));
    }

    private static Answer stopped(Command command, Outcome outcome) {
        if (outcome instanceof Outcome.Rejected rejected
                && rejected.reason() == Outcome.Reason.NOT_RUNNING
                && command.before().filter(Before::hadToBeStopped).isPresent()) {
            return Answer.of(rejected.status());
        }
        return Answer.of(outcome);
    }
}
