package io.efka.agent.command;

import io.efka.agent.command.CommandDecoder.CommandDigest;
import io.efka.agent.command.CommandTable.CommandSpec;
import io.efka.agent.command.ledger.Ledger;
import io.efka.agent.command.ledger.LedgerEntry.ReplyTo;
import io.efka.agent.command.ledger.LedgerEntry.ServiceSnapshot;
import io.efka.agent.command.ledger.OwedReplies;
import io.efka.agent.supervision.StoreException;
import io.efka.mqtt.Message;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.threads.FatalErrors;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records decoded commands in the ledger and queues them for execution. A command that changes something is durable in the
 * ledger before it is acknowledged, and acknowledged before it is run. A query is queued at once.
 *
 * <p>Called by the command queue, one command at a time: each service's queue keeps the order of the calls. Disk writes run
 * on the pool, so that a slow write for one service delays no other service.
 */
final class CommandAdmission {
    // Each keeps its payload in memory; a device is in few groups.
    private static final int MAX_SPLAYING = 256;

    private static final Logger LOG = LoggerFactory.getLogger(CommandAdmission.class);

    private final CommandContext context;
    private final KeyedSerialExecutor queues;
    private final Executor pool;
    private final AtomicInteger splaying = new AtomicInteger();

    CommandAdmission(CommandContext context, KeyedSerialExecutor queues, Executor pool) {
        this.context = context;
        this.queues = queues;
        this.pool = pool;
    }

    /**
     * A received command.
     *
     * @param acknowledge tells the broker not to deliver the command again
     */
    record Arrival(Command command, CommandSpec spec, Message message, Runnable acknowledge) {

        /** At QoS 0 and without an id, nothing is promised, and the command is not recorded. */
        private boolean isRecorded() {
            return spec.kind() != CommandTable.Kind.QUERY
                    && (message.qos() > 0 || command.id().isPresent());
        }

        private int weight() {
            return message.payload().length;
        }
    }

    void dispatch(Arrival arrival) {
        if (arrival.isRecorded()) {
            admit(arrival);
            return;
        }
        arrival.acknowledge().run();
        var execution = new CommandExecution(arrival.command(), arrival.spec(), Optional.empty(), context, pool);
        if (isSplayed(arrival)) {
            if (splaying.get() >= MAX_SPLAYING) execution.refuse(busy(arrival.command()));
            else splay(execution, arrival);
            return;
        }
        Optional<KeyedSerialExecutor.Slot> slot = queues.reserve(queueOf(arrival), arrival.weight(), execution);
        if (slot.isEmpty()) {
            execution.refuse(busy(arrival.command()));
            return;
        }
        execution.accepted();
        slot.get().ready();
    }

    /** Runs a command again that was accepted before the agent was restarted. */
    void resume(String key, Command command, CommandSpec spec) {
        var execution = new CommandExecution(command, spec, Optional.of(key), context, pool);
        execution.accepted();
        Duration waited =
                Duration.between(command.header().arrived(), context.timers().now());
        Duration left = waited.isNegative() ? command.splay() : command.splay().minus(waited);
        Runnable enter =
                () -> queues.reserveUnbounded(queueOf(command, spec), execution).ready();
        if (left.isNegative() || left.isZero()) enter.run();
        else context.timers().schedule(left, enter);
    }

    /** Runs a command that the agent itself issues; no reply is sent. */
    void runInternal(Command command, CommandSpec spec, Consumer<CommandResult> done) {
        KeyedSerialExecutor.Work work =
                release -> begin(command, spec).whenComplete(FatalErrors.top((result, problem) -> {
                    try {
                        if (problem == null) done.accept(result);
                        else FatalErrors.thrown("command " + command.name() + " of the agent itself", problem);
                    } finally {
                        release.run();
                    }
                }));
        queues.reserveUnbounded(queueOf(command, spec), work).ready();
    }

    private static CompletableFuture<CommandResult> begin(Command command, CommandSpec spec) {
        try {
            return spec.handler().handle(command);
        } catch (CommandException refusal) {
            return CompletableFuture.completedFuture(CommandResult.refused(refusal));
        } catch (RuntimeException bug) { // the top of a queue's task
            return CompletableFuture.failedFuture(bug);
        }
    }

    private void admit(Arrival arrival) {
        Command.Header header = arrival.command().header();
        Ledger.Admission admission =
                context.ledger().admit(header.id(), CommandDigest.of(arrival.message()), header.replyTo());
        if (admission instanceof Ledger.Admission.Fresh fresh) {
            record(fresh.key(), arrival);
        } else if (admission instanceof Ledger.Admission.UnderWay same) {
            follow(same, arrival);
        } else if (admission instanceof Ledger.Admission.Finished same) {
            var reply = CompletableFuture.completedFuture(same.reply());
            pool.execute(() -> answerDuplicate(same.key(), arrival, reply, true));
        } else {
            boolean isFull = admission instanceof Ledger.Admission.Full;
            arrival.acknowledge().run();
            CommandException refusal = isFull ? busy(arrival.command()) : reused(header);
            context.auditRefusal(header, Optional.of(arrival.spec()), refusal);
            context.replies().refuse(header, refusal);
        }
    }

    /** Acknowledges a duplicate when the command itself is on disk. */
    private void follow(Ledger.Admission.UnderWay same, Arrival arrival) {
        if (same.reply().isEmpty()) {
            same.recorded().thenRun(FatalErrors.top(arrival.acknowledge()));
            return;
        }
        CompletableFuture<String> reply = same.reply().get();
        same.recorded()
                .thenAcceptAsync(
                        FatalErrors.top(isRecorded -> answerDuplicate(same.key(), arrival, reply, isRecorded)), pool);
    }

    /**
     * Replies to a duplicate. The owed reply is recorded first: if the agent is killed after the PUBACK, the next one sends
     * it. The PUBACK does not wait for the reply: a broker that closes the connection at the reply would otherwise deliver
     * the duplicate for ever.
     *
     * @param isRecorded whether the ledger has the command; without it, no owed reply is recorded
     */
    private void answerDuplicate(String key, Arrival arrival, CompletableFuture<String> reply, boolean isRecorded) {
        ReplyTo to = arrival.command().header().replyTo();
        // At QoS 0 nothing was promised.
        boolean isOwed = isRecorded && arrival.message().qos() > 0;
        Optional<OwedReplies.Owed> owed = isOwed ? context.ledger().owe(key, to) : Optional.empty();
        arrival.acknowledge().run();
        answer(to, reply, owed);
    }

    /** Sends the replies to duplicates that an earlier agent acknowledged and did not answer. */
    void answerOwed() {
        for (OwedReplies.Owed owed : context.ledger().owed()) {
            answer(owed.to(), context.ledger().reply(owed.command()), Optional.of(owed));
        }
    }

    private void answer(ReplyTo to, CompletableFuture<String> reply, Optional<OwedReplies.Owed> owed) {
        reply.thenAccept(FatalErrors.top(text -> context.replies()
                .send(to, text)
                .thenRun(FatalErrors.top(() -> owed.ifPresent(context.ledger()::settled)))));
    }

    private void record(String key, Arrival arrival) {
        Command command = arrival.command();
        var execution = new CommandExecution(command, arrival.spec(), Optional.of(key), context, pool);
        if (context.isExpired(command)) {
            giveUp(key, arrival, context.expired(command.header()));
        } else if (isSplayed(arrival)) {
            if (splaying.get() >= MAX_SPLAYING) giveUp(key, arrival, busy(command));
            else accept(key, arrival, () -> splay(execution, arrival), () -> {});
        } else {
            Optional<KeyedSerialExecutor.Slot> slot = queues.reserve(queueOf(arrival), arrival.weight(), execution);
            if (slot.isEmpty()) {
                giveUp(key, arrival, busy(command));
                return;
            }
            Runnable enter = () -> {
                execution.accepted();
                slot.get().ready();
            };
            accept(key, arrival, enter, () -> slot.get().withdraw());
        }
    }

    /** Acknowledges in any case: otherwise the broker would deliver the command again and again while the disk is full. */
    private void accept(String key, Arrival arrival, Runnable accepted, Runnable failed) {
        pool.execute(() -> {
            Optional<CommandException> problem = write(key, arrival);
            if (problem.isPresent()) {
                failed.run();
                giveUp(key, arrival, problem.get());
                return;
            }
            arrival.acknowledge().run();
            accepted.run();
        });
    }

    private Optional<CommandException> write(String key, Arrival arrival) {
        Command command = arrival.command();
        try {
            ServiceSnapshot snapshot = context.snapshot(command);
            // Only for a service that is there: the reserve is not for whoever sends commands that can do nothing.
            boolean mayUseReserve = arrival.spec().makesRoom() && snapshot.wasInstalled();
            context.ledger()
                    .accept(key, arrival.message(), snapshot, command.header().arrived(), mayUseReserve);
            return Optional.empty();
        } catch (StoreException e) {
            return Optional.of(new CommandException(
                    ErrorCode.DISK_FULL,
                    command.name() + " was not executed, because it could not be recorded: " + e.getMessage()));
        } catch (RuntimeException bug) { // a slot that never becomes ready would block its queue
            LOG.error("ledger failed at command {}", command.name(), bug);
            return Optional.of(
                    new CommandException(ErrorCode.INTERNAL, command.name() + " was not executed: the ledger failed"));
        }
    }

    private void giveUp(String key, Arrival arrival, CommandException refusal) {
        Command.Header header = arrival.command().header();
        context.auditRefusal(header, Optional.of(arrival.spec()), refusal);
        String reply = context.replies().write(header, CommandResult.refused(refusal));
        context.ledger().withdraw(key, reply);
        arrival.acknowledge().run();
        context.replies().send(header.replyTo(), reply);
    }

    private void splay(CommandExecution execution, Arrival arrival) {
        splaying.incrementAndGet();
        execution.accepted();
        context.timers().schedule(arrival.command().splay(), () -> {
            splaying.decrementAndGet();
            queues.reserve(queueOf(arrival), arrival.weight(), execution)
                    .ifPresentOrElse(KeyedSerialExecutor.Slot::ready, () -> execution.refuse(busy(arrival.command())));
        });
    }

    private static boolean isSplayed(Arrival arrival) {
        return !arrival.command().splay().isZero();
    }

    private static KeyedSerialExecutor.Key queueOf(Arrival arrival) {
        return queueOf(arrival.command(), arrival.spec());
    }

    private static KeyedSerialExecutor.Key queueOf(Command command, CommandSpec spec) {
        if (command.service().isPresent())
            return KeyedSerialExecutor.Key.of(command.service().get());
        return spec.kind() == CommandTable.Kind.QUERY
                ? KeyedSerialExecutor.Key.DEVICE_QUERIES
                : KeyedSerialExecutor.Key.DEVICE;
    }

    private static CommandException busy(Command command) {
        String where = command.service().map(id -> "service " + id).orElse("the device");
        return new CommandException(
                ErrorCode.BUSY,
                command.name() + " was not executed: too many commands to " + where
                        + " are waiting; send it again later");
    }

    private static CommandException reused(Command.Header header) {
        return new CommandException(
                ErrorCode.ID_REUSED,
                "id " + JsonExcerpt.of(header.id().orElse(""))
                        + " belongs to an earlier command with another topic"
                        + " or payload: use a new id for a new command");
    }
}
