package io.efka.agent.command.handler;

import static io.efka.agent.command.handler.ServiceRequests.Asking;

import com.google.gson.JsonObject;
import io.efka.agent.command.Command;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.command.ledger.LedgerEntry.ServiceSnapshot;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Request;
import io.efka.agent.supervision.Request.Outcome;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.Signal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;

/** The commands that a service's supervisor answers. */
public final class ServiceCommands {
    private final ServiceRequests services;
    private final Function<ServiceStatus, JsonObject> statusDocument;
    private final Predicate<RunId> isGrouped;

    /**
     * @param statusDocument returns a new object
     * @param isGrouped whether a run's processes have a control group, in which all of them are found
     */
    public ServiceCommands(
            ServiceRequests services, Function<ServiceStatus, JsonObject> statusDocument, Predicate<RunId> isGrouped) {
        this.services = services;
        this.statusDocument = statusDocument;
        this.isGrouped = isGrouped;
    }

    CompletableFuture<CommandResult> status(Command command) throws CommandException {
        ServiceStatus status = services.status(command.requiredService());
        CommandResult answer = CommandResult.of(status);
        return CompletableFuture.completedFuture(
                answer.with(answer.fields().and("status", ReplyFields.of(statusDocument.apply(status)))));
    }

    CompletableFuture<CommandResult> start(Command command) throws CommandException {
        List<String> warnings = services.reread(command.requiredService());
        return ask(command, request -> new Event.StartAsked(request, command.isRepeated(), before(command)))
                .thenApply(outcome -> started(command, outcome).warning(warnings));
    }

    CompletableFuture<CommandResult> stop(Command command) throws CommandException {
        List<String> warnings = leftBehind(services.status(command.requiredService()));
        return ask(command, Event.StopAsked::new)
                .thenApply(outcome -> stopped(command, outcome))
                .thenApply(answer -> answer instanceof CommandResult.Done ? answer.warning(warnings) : answer);
    }

    /** Warns of the processes that a successful stop may have left behind. */
    private List<String> leftBehind(ServiceStatus status) {
        boolean isFound = status.run().filter(isGrouped.negate()).isEmpty();
        if (isFound) return List.of();
        return List.of(
                "no control group could be had for " + status.id() + ": a process of it that left its session and"
                        + " process group, was orphaned and cleared its environment is not found, and may still run");
    }

    /**
     * Start and stop by one name, for controls that know one topic and two positions. It says which state is wanted, so a
     * service that is in that state already is no error.
     */
    CompletableFuture<CommandResult> toggle(Command command) throws CommandException {
        boolean on = command.arguments().flag("on");
        return (on ? start(command) : stop(command)).thenApply(ServiceCommands::doneIfThereAlready);
    }

    CompletableFuture<CommandResult> restart(Command command) throws CommandException {
        ServiceId id = command.requiredService();
        List<String> warnings = services.reread(id);
        // The supervisor decides whether it is done already: a status that is read here may be out of date.
        return ask(command, request -> new Event.RestartAsked(request, command.isRepeated(), before(command)))
                .thenApply(outcome -> started(command, outcome).warning(warnings));
    }

    CompletableFuture<CommandResult> reset(Command command) throws CommandException {
        return ask(command, Event.ResetAsked::new).thenApply(CommandResult::of);
    }

    CompletableFuture<CommandResult> enable(Command command) throws CommandException {
        return ask(command, request -> new Event.AutostartAsked(request, true)).thenApply(CommandResult::of);
    }

    CompletableFuture<CommandResult> disable(Command command) throws CommandException {
        return ask(command, request -> new Event.AutostartAsked(request, false)).thenApply(CommandResult::of);
    }

    CompletableFuture<CommandResult> signal(Command command) throws CommandException {
        Signal signal = command.arguments().requiredSignal("signal");
        return ask(command, request -> new Event.SignalAsked(request, signal)).thenApply(CommandResult::of);
    }

    CompletableFuture<CommandResult> input(Command command) throws CommandException {
        String text = command.arguments().required("text", "what to write to stdin, as in \"reload\\n\"");
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ask(command, request -> new Event.InputAsked(request, bytes)).thenApply(CommandResult::of);
    }

    private static Optional<RunId> before(Command command) {
        return command.snapshot().flatMap(ServiceSnapshot::run);
    }

    private CompletableFuture<Outcome> ask(Command command, Function<Request, Event> event) throws CommandException {
        return services.ask(command.requiredService(), Asking.of(command), event);
    }

    /** A repeated start may find the service running because it started it before the crash: that is a success. */
    private static CommandResult started(Command command, Outcome outcome) {
        if (command.isRepeated()
                && outcome instanceof Outcome.Rejected rejected
                && rejected.reason() == ErrorCode.ALREADY_RUNNING
                && hasNewRun(command, rejected.status())) {
            return CommandResult.of(rejected.status());
        }
        return CommandResult.of(outcome);
    }

    private static CommandResult doneIfThereAlready(CommandResult answer) {
        boolean isThere = answer instanceof CommandResult.Failed failed
                && (failed.code() == ErrorCode.ALREADY_RUNNING || failed.code() == ErrorCode.NOT_RUNNING);
        return isThere ? new CommandResult.Done(answer.fields()) : answer;
    }

    private static boolean hasNewRun(Command command, ServiceStatus status) {
        return status.run().isPresent()
                && !status.run().equals(command.snapshot().flatMap(ServiceSnapshot::run));
    }

    private static CommandResult stopped(Command command, Outcome outcome) {
        if (outcome instanceof Outcome.Rejected rejected
                && rejected.reason() == ErrorCode.NOT_RUNNING
                && command.snapshot().filter(ServiceSnapshot::hadToBeStopped).isPresent()) {
            return CommandResult.of(rejected.status());
        }
        return CommandResult.of(outcome);
    }
}
