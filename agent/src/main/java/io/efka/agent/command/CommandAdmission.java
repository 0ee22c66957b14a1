package io.efka.agent.command;

import io.efka.agent.command.ledger.CommandDigest;
import io.efka.agent.command.ledger.Ledger;
import io.efka.agent.command.ledger.OwedReplies;
import io.efka.agent.command.ledger.ReplyTo;
import io.efka.agent.supervision.StoreException;
import io.efka.mqtt.Message;
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
 * Takes understood commands through ledger and lane. What changes something is durable in the ledger before it is
 * acknowledged, and acknowledged before its turn comes; a query goes straight into its lane.
 *
 * <p>Called on the intake, one command at a time: the order of calls is the order in each lane. The disk is waited for on
 * the pool, so that a slow write to one service's lane delays no other.
 */
final class CommandAdmission {
    // Each waits with its payload in memory; a device is in few groups.
    private static final int MAX_SPLAYING = 256;

    private static final Logger LOG = LoggerFactory.getLogger(CommandAdmission.class);

    private final Desk desk;
    private final KeyedSerialExecutor lanes;
    private final Executor pool;
    private final AtomicInteger splaying = new AtomicInteger();

    CommandAdmission(Desk desk, KeyedSerialExecutor lanes, Executor pool) {
        this.desk = desk;
        this.lanes = lanes;
        this.pool = pool;
    }

    /**
     * A command as it came.
     *
     * @param acknowledge tells the broker that it need not deliver the command again
     */
    record Arrival(Command command, CommandTable.Row row, Message message, Runnable acknowledge) {

        /** What is neither acknowledged nor named is not remembered: nothing was promised for it. */
        private boolean isRecorded() {
            return row.kind() != CommandTable.Kind.QUERY
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
        var execution = new CommandExecution(arrival.command(), arrival.row(), Optional.empty(), desk, pool);
        if (isSplayed(arrival)) {
            if (splaying.get() >= MAX_SPLAYING) execution.refuse(busy(arrival.command()));
            else splay(execution, arrival);
            return;
        }
        Optional<KeyedSerialExecutor.Place> place = lanes.reserve(lane(arrival), arrival.weight(), execution);
        if (place.isEmpty()) {
            execution.refuse(busy(arrival.command()));
            return;
        }
        execution.accepted();
        place.get().ready();
    }

    /** Goes on with a command that an earlier life of the agent accepted. */
    void resume(String key, Command command, CommandTable.Row row) {
        var execution = new CommandExecution(command, row, Optional.of(key), desk, pool);
        execution.accepted();
        Duration gone =
                Duration.between(command.address().arrived(), desk.timers().now());
        Duration left = gone.isNegative() ? command.splay() : command.splay().minus(gone);
        Runnable enter = () -> lanes.insist(lane(command, row), execution).ready();
        if (left.isNegative() || left.isZero()) enter.run();
        else desk.timers().schedule(left, enter);
    }

    /** Runs a command of the agent's own, which nobody is answered. */
    void goOn(Command command, CommandTable.Row row, Consumer<CommandResult> done) {
        KeyedSerialExecutor.Work work =
                release -> begin(command, row).whenComplete(FatalErrors.top((answer, problem) -> {
                    try {
                        if (problem == null) done.accept(answer);
                        else FatalErrors.thrown("command " + command.name() + " of the agent itself", problem);
                    } finally {
                        release.run();
                    }
                }));
        lanes.insist(lane(command, row), work).ready();
    }

    private static CompletableFuture<CommandResult> begin(Command command, CommandTable.Row row) {
        try {
            return row.handler().handle(command);
        } catch (CommandException refusal) {
            return CompletableFuture.completedFuture(CommandResult.refused(refusal));
        } catch (RuntimeException bug) { // a lane's top
            return CompletableFuture.failedFuture(bug);
        }
    }

    private void admit(Arrival arrival) {
        CommandHeader address = arrival.command().address();
        Ledger.Admission admission =
                desk.ledger().admit(address.id(), CommandDigest.of(arrival.message()), address.replyTo());
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
            desk.replies().refuse(address, isFull ? busy(arrival.command()) : reused(address));
        }
    }

    /** Acknowledged when the command itself is on disk. */
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
     * That a reply is owed is written down first: a kill after the PUBACK leaves it to the next life. The PUBACK does not
     * wait for the reply. Otherwise a broker that ends the connection at the reply would deliver the duplicate for ever.
     *
     * @param isRecorded whether the ledger keeps the command: it owes nothing for one that it does not know
     */
    private void answerDuplicate(String key, Arrival arrival, CompletableFuture<String> reply, boolean isRecorded) {
        ReplyTo to = arrival.command().address().replyTo();
        // At QoS 0 nothing was promised.
        boolean isOwed = isRecorded && arrival.message().qos() > 0;
        Optional<OwedReplies.Owed> owed = isOwed ? desk.ledger().owe(key, to) : Optional.empty();
        arrival.acknowledge().run();
        answer(to, reply, owed);
    }

    /** Sends duplicates what earlier lives of the agent owe them. */
    void answerOwed() {
        for (OwedReplies.Owed owed : desk.ledger().owed()) {
            answer(owed.to(), desk.ledger().reply(owed.command()), Optional.of(owed));
        }
    }

    private void answer(ReplyTo to, CompletableFuture<String> reply, Optional<OwedReplies.Owed> owed) {
        reply.thenAccept(FatalErrors.top(text ->
                desk.replies().send(to, text).thenRun(FatalErrors.top(() -> owed.ifPresent(desk.ledger()::settled)))));
    }

    private void record(String key, Arrival arrival) {
        Command command = arrival.command();
        var execution = new CommandExecution(command, arrival.row(), Optional.of(key), desk, pool);
        if (command.isExpired(desk.timers().now())) {
            giveUp(key, arrival, Notices.expired(command.address(), desk.events()));
        } else if (isSplayed(arrival)) {
            if (splaying.get() >= MAX_SPLAYING) giveUp(key, arrival, busy(command));
            else accept(key, arrival, () -> splay(execution, arrival), () -> {});
        } else {
            Optional<KeyedSerialExecutor.Place> place = lanes.reserve(lane(arrival), arrival.weight(), execution);
            if (place.isEmpty()) {
                giveUp(key, arrival, busy(command));
                return;
            }
            Runnable enter = () -> {
                execution.accepted();
                place.get().ready();
            };
            accept(key, arrival, enter, () -> place.get().withdraw());
        }
    }

    /** Acknowledged in any case: a broker would deliver it again and again to a disk that stays full. */
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
            desk.ledger()
                    .accept(
                            key,
                            arrival.message(),
                            desk.before(command),
                            command.address().arrived());
            return Optional.empty();
        } catch (StoreException e) {
            return Optional.of(new CommandException(
                    ErrorCode.DISK_FULL,
                    command.name() + " was not executed, for it could not be written down: " + e.getMessage()));
        } catch (RuntimeException bug) { // a lane's top: a place that never gets ready would block its lane
            LOG.error("ledger failed at command {}", command.name(), bug);
            return Optional.of(
                    new CommandException(ErrorCode.INTERNAL, command.name() + " was not executed: the ledger failed"));
        }
    }

    private void giveUp(String key, Arrival arrival, CommandException refusal) {
        CommandHeader address = arrival.command().address();
        String reply =
                desk.replies().write(address, CommandResult.refused(refusal)).text();
        desk.ledger().withdraw(key, reply);
        arrival.acknowledge().run();
        desk.replies().send(address.replyTo(), reply);
    }

    private void splay(CommandExecution execution, Arrival arrival) {
        splaying.incrementAndGet();
        execution.accepted();
        desk.timers().schedule(arrival.command().splay(), () -> {
            splaying.decrementAndGet();
            lanes.reserve(lane(arrival), arrival.weight(), execution)
                    .ifPresentOrElse(KeyedSerialExecutor.Place::ready, () -> execution.refuse(busy(arrival.command())));
        });
    }

    private static boolean isSplayed(Arrival arrival) {
        return !arrival.command().splay().isZero();
    }

    private static KeyedSerialExecutor.Key lane(Arrival arrival) {
        return lane(arrival.command(), arrival.row());
    }

    private static KeyedSerialExecutor.Key lane(Command command, CommandTable.Row row) {
        if (command.service().isPresent())
            return KeyedSerialExecutor.Key.of(command.service().get());
        return row.kind() == CommandTable.Kind.QUERY
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

    private static CommandException reused(CommandHeader address) {
        return new CommandException(
                ErrorCode.ID_REUSED,
                "id " + JsonExcerpt.of(address.id().orElse(""))
                        + " belongs to an earlier command with another topic"
                        + " or payload: use a new id for a new command");
    }
}
