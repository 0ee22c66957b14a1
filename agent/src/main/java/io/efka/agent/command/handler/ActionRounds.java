package io.efka.agent.command.handler;

import static io.efka.agent.command.CommandTable.Next.AFTER_DISPATCH;

import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.command.CommandTable;
import io.efka.agent.command.KeyedSerialExecutor;
import io.efka.agent.command.handler.ApplySteps.Action;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.threads.FatalErrors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What one command does to several services. Within a round all services proceed at once, each in the queue of its commands. A
 * failure is reported in the reply and does not delay the rest. For one command.
 */
final class ActionRounds {
    private final KeyedSerialExecutor queues;
    private final List<Action> actions = new ArrayList<>();

    ActionRounds(KeyedSerialExecutor queues) {
        this.queues = queues;
    }

    /** Completes when all of the round is done; each step was begun by {@link #inQueue}. */
    CompletableFuture<Void> round(Supplier<Stream<CompletableFuture<Optional<Action>>>> round) {
        List<CompletableFuture<Optional<Action>>> going = round.get().toList();
        return CompletableFuture.allOf(going.toArray(CompletableFuture[]::new))
                .thenRun(() -> going.forEach(action -> action.join().ifPresent(actions::add)));
    }

    /** What was done so far. */
    List<Action> actions() {
        return actions;
    }

    /** A step whose turn has come, and when the next command to the service may begin. */
    record Begun(CommandTable.Next next, CompletableFuture<Optional<Action>> going) {}

    /** @param readsFolders whether the step reads the service's folder, which may be on a dead mount */
    CompletableFuture<Optional<Action>> inQueue(
            ServiceId id,
            CommandTable.Next next,
            boolean readsFolders,
            Supplier<CompletableFuture<Optional<Action>>> step) {
        return inQueue(id, readsFolders, () -> new Begun(next, step.get()));
    }

    /** @param step decides at its turn what it is: what came before it may have changed the service */
    CompletableFuture<Optional<Action>> inQueue(ServiceId id, boolean readsFolders, Supplier<Begun> step) {
        var result = new CompletableFuture<Optional<Action>>();
        var work = new KeyedSerialExecutor.Work() {
            @Override
            public void run(Runnable release) {
                Begun begun = begin(step);
                if (begun.next() == AFTER_DISPATCH) release.run();
                begun.going().whenComplete(FatalErrors.top((action, problem) -> {
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
        queues.reserve(KeyedSerialExecutor.Key.of(id), 0, work).ifPresentOrElse(KeyedSerialExecutor.Slot::ready, () -> {
            CommandResult busy =
                    CommandResult.failed(ErrorCode.BUSY, "too many commands to service " + id + " are waiting");
            result.complete(Optional.of(new Action(id, "skipped", busy)));
        });
        return result;
    }

    private static Begun begin(Supplier<Begun> step) {
        try {
            return step.get();
        } catch (RuntimeException bug) { // the top of a queue's task: whatever a step throws, the queue goes on
            return new Begun(AFTER_DISPATCH, CompletableFuture.failedFuture(bug));
        }
    }

    /** @param unchanged services to which nothing had to be done */
    CommandResult answer(List<ServiceId> unchanged) {
        var lines = new ArrayList<ReplyFields>();
        unchanged.forEach(id -> lines.add(line(new Action(id, "unchanged", CommandResult.done()))));
        actions.stream()
                .sorted(Comparator.comparing(Action::service))
                .map(ActionRounds::line)
                .forEach(lines::add);
        ReplyFields fields = ReplyFields.NONE.and("actions", lines);
        List<Action> failed = actions.stream().filter(Action::isFailed).toList();
        if (failed.isEmpty()) return new CommandResult.Done(fields);
        CommandResult.Failed first = (CommandResult.Failed) failed.get(0).answer();
        String message = failed.size() + " of " + actions.size() + (actions.size() == 1 ? " action" : " actions")
                + " failed, see actions; the first: " + failed.get(0).service() + ": " + first.message();
        return new CommandResult.Failed(first.code(), message, fields);
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
