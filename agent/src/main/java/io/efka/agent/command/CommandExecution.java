package io.efka.agent.command;

import io.efka.agent.command.ledger.ReplyText;
import io.efka.agent.command.ledger.ReplyTo;
import io.efka.protocol.ErrorCode;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** One command from its turn in the lane to its one reply. Thread-safe. */
final class CommandExecution implements KeyedSerialExecutor.Work {
    private static final Duration MAX_SENDING = Duration.ofSeconds(5);

    private final Command command;
    private final CommandTable.Row row;
    private final Optional<String> ledgerKey;
    private final Desk desk;
    private final Executor pool;
    private final AtomicBoolean isAnswered = new AtomicBoolean();
    private volatile Optional<EarlyReply> early = Optional.empty();

    /**
     * @param ledgerKey empty: the command is not in the ledger
     * @param pool waits for the disk when the outcome is written; answers come from threads that must not
     */
    CommandExecution(Command command, CommandTable.Row row, Optional<String> ledgerKey, Desk desk, Executor pool) {
        this.command = command;
        this.row = row;
        this.ledgerKey = ledgerKey;
        this.desk = desk;
        this.pool = pool;
    }

    private record EarlyReply(ReplyText reply, CompletableFuture<Void> sent) {}

    /** Called when the command is accepted: answers one that neither waits nor is answered by its supervisor soon. */
    void accepted() {
        if (command.waits() || row.hold() == CommandTable.Hold.UNTIL_TOLD || row.kind() == CommandTable.Kind.QUERY) {
            return;
        }
        CommandResult accepted = new CommandResult.Done(ReplyFields.NONE.and("accepted", true)).warning(strangers());
        ReplyText reply = write(accepted);
        early = Optional.of(
                new EarlyReply(reply, desk.replies().send(command.address().replyTo(), reply.text())));
        ledgerKey.ifPresent(key -> desk.ledger().answeredEarly(key, reply.text()));
    }

    @Override
    public boolean readsFolders() {
        return row.readsFolders();
    }

    @Override
    public void run(Runnable release) {
        CompletableFuture<CommandResult> answer = begin();
        if (row.hold() == CommandTable.Hold.UNTIL_TOLD) release.run();
        answer.whenComplete(FatalErrors.top((done, problem) -> {
            try {
                conclude(problem == null ? done : failure(problem));
            } finally {
                release.run();
            }
        }));
    }

    /** Ends a command whose turn never comes. */
    void refuse(CommandException refusal) {
        conclude(CommandResult.refused(refusal));
    }

    private CompletableFuture<CommandResult> begin() {
        try {
            if (!command.isRepeated() && command.isExpired(desk.timers().now())) throw expired();
            return row.handler().handle(command);
        } catch (CommandException refusal) {
            return CompletableFuture.completedFuture(CommandResult.refused(refusal));
        } catch (RuntimeException bug) { // a lane's top: whatever a handler throws, the command is answered
            return CompletableFuture.failedFuture(bug);
        }
    }

    private CommandException expired() {
        return Notices.expired(command.address(), desk.events());
    }

    private CommandResult failure(Throwable bug) {
        FatalErrors.thrown("command " + command.name(), bug);
        return CommandResult.failed(
                ErrorCode.INTERNAL, "the agent failed at " + command.name() + "; its log says more");
    }

    private void conclude(CommandResult answer) {
        if (!isAnswered.compareAndSet(false, true)) return;
        CommandResult warned = answer.warning(strangers());
        if (early.isPresent()) announce(warned);
        if (ledgerKey.isPresent()) {
            String key = ledgerKey.get();
            pool.execute(() -> record(key, warned));
        } else if (early.isPresent()) {
            sent(early.get().sent(), warned);
        } else {
            sent(sending(command.address().replyTo(), write(warned).text()), warned);
        }
    }

    private CompletableFuture<Void> sending(ReplyTo to, String reply) {
        boolean isQuery = row.kind() == CommandTable.Kind.QUERY;
        return isQuery ? desk.replies().sendResult(to, reply) : desk.replies().send(to, reply);
    }

    /** What comes after the reply waits for it, but not for ever: the broker may be gone. */
    private void sent(CompletableFuture<Void> sending, CommandResult answer) {
        if (row.afterwards().isEmpty() || answer instanceof CommandResult.Failed) return;
        var isBegun = new AtomicBoolean();
        Runnable once = () -> {
            if (isBegun.compareAndSet(false, true)) row.afterwards().get().run();
        };
        Timers.Timer limit = desk.timers().schedule(MAX_SENDING, once);
        sending.whenComplete(FatalErrors.top((done, problem) -> {
            limit.cancel();
            once.run();
        }));
    }

    /** The outcome first, then the reply. */
    private void record(String key, CommandResult answer) {
        ReplyTo to = command.address().replyTo();
        if (early.isPresent()) {
            desk.ledger().finish(key, to, early.get().reply());
            early.get().sent().thenRun(FatalErrors.top(() -> desk.ledger().replied(key)));
            sent(early.get().sent(), answer);
            return;
        }
        ReplyText reply = write(answer);
        desk.ledger().finish(key, to, reply);
        CompletableFuture<Void> sending = desk.replies().send(to, reply.text());
        sending.thenRun(FatalErrors.top(() -> desk.ledger().replied(key)));
        sent(sending, answer);
    }

    private ReplyText write(CommandResult answer) {
        return desk.replies().write(command.address(), acceptedIfNotWaiting(answer));
    }

    private CommandResult acceptedIfNotWaiting(CommandResult answer) {
        boolean isAcceptance =
                !command.waits() && row.kind() != CommandTable.Kind.QUERY && answer instanceof CommandResult.Done;
        if (!isAcceptance) return answer;
        return answer.with(answer.fields().and("accepted", true));
    }

    private void announce(CommandResult answer) {
        Map<String, Object> fields = new LinkedHashMap<>();
        command.id().ifPresent(id -> fields.put("id", id));
        fields.put("command", command.name());
        fields.put("ok", answer instanceof CommandResult.Done);
        if (answer instanceof CommandResult.Failed failed) {
            fields.put("code", failed.code().word());
            fields.put("message", failed.message());
        }
        answer.fields().asMap().forEach(fields::putIfAbsent);
        command.service()
                .ifPresentOrElse(
                        id -> desk.events().service(id, "command_done", fields),
                        () -> desk.events().device("command_done", fields));
    }

    private List<String> strangers() {
        return command.arguments().strangers(row.arguments());
    }
}
