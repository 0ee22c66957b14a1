package io.efka.agent.command;

import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.command.CommandTable.CommandSpec;
import io.efka.agent.command.CommandTable.Kind;
import io.efka.agent.command.CommandTable.Next;
import io.efka.agent.command.ledger.LedgerEntry.ReplyTo;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs one command when its turn comes, and sends its one reply. Thread-safe. */
final class CommandExecution implements KeyedSerialExecutor.Work {
    private static final Duration MAX_SENDING = Duration.ofSeconds(5);

    private final Command command;
    private final CommandSpec spec;
    private final Optional<String> ledgerKey;
    private final CommandContext context;
    private final Executor pool;
    private final AtomicBoolean isDone = new AtomicBoolean();
    private volatile Optional<EarlyReply> early = Optional.empty();

    /**
     * @param ledgerKey empty: the command is not in the ledger
     * @param pool where the outcome is written to disk: results come on threads that must not block
     */
    CommandExecution(
            Command command, CommandSpec spec, Optional<String> ledgerKey, CommandContext context, Executor pool) {
        this.command = command;
        this.spec = spec;
        this.ledgerKey = ledgerKey;
        this.context = context;
        this.pool = pool;
    }

    /** The reply at acceptance. */
    private record EarlyReply(String reply, CompletableFuture<Void> sending) {}

    /**
     * Called when the command is accepted. Replies at once to a command that does not wait, unless its supervisor answers
     * soon anyway.
     */
    void accepted() {
        if (command.waits() || spec.next() == Next.AFTER_DISPATCH || spec.kind() == Kind.QUERY) return;
        CommandResult accepted =
                new CommandResult.Done(ReplyFields.NONE.and("accepted", true)).warning(unknownArguments());
        String reply = write(accepted);
        early = Optional.of(
                new EarlyReply(reply, context.replies().send(command.header().replyTo(), reply)));
        ledgerKey.ifPresent(key -> context.ledger().answeredEarly(key, reply));
    }

    @Override
    public boolean readsFolders() {
        return spec.readsFolders();
    }

    @Override
    public void run(Runnable release) {
        CompletableFuture<CommandResult> result = begin();
        if (spec.isPassed(command.arguments())) release.run();
        result.whenComplete(FatalErrors.top((done, problem) -> {
            try {
                conclude(problem == null ? done : failure(problem));
            } finally {
                release.run();
            }
        }));
    }

    /** Ends a command that is not run. */
    void refuse(CommandException refusal) {
        conclude(CommandResult.refused(refusal));
    }

    private CompletableFuture<CommandResult> begin() {
        try {
            if (!command.isRepeated() && context.isExpired(command)) throw context.expired(command.header());
            return spec.handler().handle(command);
        } catch (CommandException refusal) {
            return CompletableFuture.completedFuture(CommandResult.refused(refusal));
        } catch (RuntimeException bug) { // whatever a handler throws, the command gets a reply
            return CompletableFuture.failedFuture(bug);
        }
    }

    private CommandResult failure(Throwable bug) {
        FatalErrors.thrown("command " + command.name(), bug);
        return CommandResult.failed(
                ErrorCode.INTERNAL, "the agent failed at " + command.name() + "; its log says more");
    }

    private void conclude(CommandResult result) {
        if (!isDone.compareAndSet(false, true)) return;
        context.audit(command, spec, result);
        CommandResult warned = result.warning(unknownArguments());
        if (early.isPresent()) context.announceDone(command, warned);
        if (ledgerKey.isPresent()) {
            String key = ledgerKey.get();
            pool.execute(() -> record(key, warned));
        } else if (early.isPresent()) {
            runAfterwards(early.get().sending(), warned);
        } else {
            runAfterwards(send(command.header().replyTo(), write(warned)), warned);
        }
    }

    private CompletableFuture<Void> send(ReplyTo to, String reply) {
        boolean isQuery = spec.kind() == Kind.QUERY;
        return isQuery
                ? context.replies().sendResult(to, reply)
                : context.replies().send(to, reply);
    }

    /** Writes the outcome to the ledger before the reply is sent. */
    private void record(String key, CommandResult result) {
        ReplyTo to = command.header().replyTo();
        if (early.isPresent()) {
            context.ledger().finish(key, to, early.get().reply());
            early.get().sending().thenRun(FatalErrors.top(() -> context.ledger().replied(key)));
            runAfterwards(early.get().sending(), result);
        } else {
            runAfterwards(context.finish(key, to, write(result)), result);
        }
    }

    /** Waits for the reply, but not for ever: there may be no broker. */
    private void runAfterwards(CompletableFuture<Void> sending, CommandResult result) {
        if (spec.afterwards().isEmpty() || result instanceof CommandResult.Failed) return;
        var isBegun = new AtomicBoolean();
        Runnable once = () -> {
            if (isBegun.compareAndSet(false, true)) spec.afterwards().get().run();
        };
        Timers.Timer limit = context.timers().schedule(MAX_SENDING, once);
        sending.whenComplete(FatalErrors.top((done, problem) -> {
            limit.cancel();
            once.run();
        }));
    }

    private String write(CommandResult result) {
        return context.replies().write(command.header(), acceptedIfNotWaiting(result));
    }

    private CommandResult acceptedIfNotWaiting(CommandResult result) {
        boolean isAcceptance = !command.waits() && spec.kind() != Kind.QUERY && result instanceof CommandResult.Done;
        return isAcceptance ? result.with(result.fields().and("accepted", true)) : result;
    }

    private List<String> unknownArguments() {
        return command.arguments().warnUnknown(spec.arguments());
    }
}
