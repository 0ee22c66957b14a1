package io.efka.agent.command.handler;

import static io.efka.agent.command.CommandTable.Next.AFTER_COMPLETION;
import static io.efka.agent.command.CommandTable.Next.AFTER_DISPATCH;

import io.efka.agent.command.Command;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.command.CommandTable;
import io.efka.agent.command.KeyedSerialExecutor;
import io.efka.agent.command.handler.ApplyDecoder.ApplyPlan;
import io.efka.agent.command.handler.ApplySteps.Action;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.threads.FatalErrors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code apply}: a declared set of services. Applied twice, the second time changes nothing. */
public final class ApplyCommand implements CommandTable.Handler {
    private final ServiceRegistry supervision;
    private final ServiceRequests services;
    private final Installation installation;
    private final KeyedSerialExecutor queues;

    /** @param queues the router's: every step of an apply waits its turn like a command to that service */
    public ApplyCommand(
            ServiceRegistry supervision,
            ServiceRequests services,
            Installation installation,
            KeyedSerialExecutor queues) {
        this.supervision = supervision;
        this.services = services;
        this.installation = installation;
        this.queues = queues;
    }

    @Override
    public CompletableFuture<CommandResult> handle(Command command) throws CommandException {
        var decoder = new ApplyDecoder(supervision, installation);
        ApplyPlan plan = decoder.decode(command.arguments());
        var steps = new ApplySteps(supervision, services, installation, command.id());
        return new ApplyRun(plan, steps, queues).run().thenApply(result -> result.warning(decoder.warnings()));
    }

    /**
     * One apply under way, in three rounds. The first writes the services' files; the second stops what must not run and
     * removes what is surplus; the third starts what must run. Within a round all services proceed at once, each in the
     * queue of its commands. A failure is reported in the reply and does not delay the rest.
     */
    static final class ApplyRun {
        private final ApplyPlan plan;
        private final ApplySteps steps;
        private final KeyedSerialExecutor queues;
        private final List<Action> actions = new ArrayList<>();

        ApplyRun(ApplyPlan plan, ApplySteps steps, KeyedSerialExecutor queues) {
            this.plan = plan;
            this.steps = steps;
            this.queues = queues;
        }

        CompletableFuture<CommandResult> run() {
            return round(this::writing)
                    .thenCompose(done -> round(this::ending))
                    .thenCompose(done -> round(this::starting))
                    .thenApply(done -> answer());
        }

        private Stream<CompletableFuture<Optional<Action>>> writing() {
            return plan.services().stream()
                    .map(wanted -> inQueue(wanted.id(), AFTER_COMPLETION, true, () -> steps.content(wanted)));
        }

        private Stream<CompletableFuture<Optional<Action>>> ending() {
            Set<ServiceId> kept = plan.ids();
            Stream<CompletableFuture<Optional<Action>>> stops = wanted(Desired.STOPPED)
                    .map(wanted -> inQueue(wanted.id(), AFTER_DISPATCH, false, () -> steps.stop(wanted.id())));
            if (!plan.prune()) return stops;
            Stream<CompletableFuture<Optional<Action>>> removals = steps.installed().stream()
                    .filter(id -> !kept.contains(id))
                    .map(id -> inQueue(id, AFTER_COMPLETION, false, () -> steps.remove(id)));
            return Stream.concat(stops, removals);
        }

        private Stream<CompletableFuture<Optional<Action>>> starting() {
            Set<ServiceId> updated = actions.stream()
                    .filter(action -> action.name().equals("updated"))
                    .map(Action::service)
                    .collect(Collectors.toSet());
            return wanted(Desired.RUNNING)
                    .map(wanted -> inQueue(
                            wanted.id(),
                            AFTER_DISPATCH,
                            false,
                            () -> steps.start(wanted.id(), updated.contains(wanted.id()))));
        }

        private Stream<ApplyPlan.Wanted> wanted(Desired desired) {
            return plan.services().stream().filter(wanted -> wanted.desired() == desired);
        }

        private CompletableFuture<Void> round(Supplier<Stream<CompletableFuture<Optional<Action>>>> round) {
            List<CompletableFuture<Optional<Action>>> going = round.get().toList();
            return CompletableFuture.allOf(going.toArray(CompletableFuture[]::new))
                    .thenRun(() -> going.forEach(action -> action.join().ifPresent(actions::add)));
        }

        private CompletableFuture<Optional<Action>> inQueue(
                ServiceId id,
                CommandTable.Next next,
                boolean readsFolders,
                Supplier<CompletableFuture<Optional<Action>>> step) {
            var result = new CompletableFuture<Optional<Action>>();
            var work = new KeyedSerialExecutor.Work() {
                @Override
                public void run(Runnable release) {
                    CompletableFuture<Optional<Action>> going = begin(step);
                    if (next == AFTER_DISPATCH) release.run();
                    going.whenComplete(FatalErrors.top((action, problem) -> {
                        release.run();
                        if (problem == null) result.complete(action);
                        else result.completeExceptionally(problem);
                    }));
                }

                @Override
                public boolean readsFolders() {
                    return readsFolders;
                }
            };
            queues.reserve(KeyedSerialExecutor.Key.of(id), 0, work)
                    .ifPresentOrElse(KeyedSerialExecutor.Slot::ready, () -> {
                        CommandResult busy = CommandResult.failed(
                                ErrorCode.BUSY, "too many commands to service " + id + " are waiting");
                        result.complete(Optional.of(new Action(id, "skipped", busy)));
                    });
            return result;
        }

        private static CompletableFuture<Optional<Action>> begin(Supplier<CompletableFuture<Optional<Action>>> step) {
            try {
                return step.get();
            } catch (RuntimeException bug) { // the top of a queue's task: whatever a step throws, the queue goes on
                return CompletableFuture.failedFuture(bug);
            }
        }

        private CommandResult answer() {
            var lines = new ArrayList<ReplyFields>();
            for (ApplyPlan.Wanted wanted : plan.services()) {
                if (of(wanted.id()).isEmpty())
                    lines.add(line(new Action(wanted.id(), "unchanged", CommandResult.done())));
            }
            actions.stream()
                    .sorted(Comparator.comparing(Action::service))
                    .map(ApplyRun::line)
                    .forEach(lines::add);
            ReplyFields fields = ReplyFields.NONE.and("actions", lines);
            List<Action> failed = actions.stream().filter(Action::isFailed).toList();
            if (failed.isEmpty()) return new CommandResult.Done(fields);
            CommandResult.Failed first = (CommandResult.Failed) failed.get(0).answer();
            String message = failed.size() + " of " + actions.size() + (actions.size() == 1 ? " action" : " actions")
                    + " failed, see actions; the first: "
                    + failed.get(0).service() + ": " + first.message();
            return new CommandResult.Failed(first.code(), message, fields);
        }

        private List<Action> of(ServiceId id) {
            return actions.stream()
                    .filter(action -> action.service().equals(id))
                    .toList();
        }

        private static ReplyFields line(Action action) {
            ReplyFields line = ReplyFields.NONE
                    .and("service", action.service().value())
                    .and("action", action.name())
                    .and("ok", !action.isFailed());
            if (action.answer() instanceof CommandResult.Failed failed) line = line.and("error", failed.error());
            return line.andAll(action.answer().fields());
        }
    }
}
