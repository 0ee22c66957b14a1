package io.efka.agent.command;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.command.CommandTable.CommandSpec;
import io.efka.agent.command.ledger.LedgerEntry;
import io.efka.agent.command.ledger.LedgerEntry.ReplyTo;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives commands, decodes them and passes them on, one at a time and in the order in which they arrive. The link's
 * thread only queues them. Every command gets exactly one reply, whatever it contains and however it ends.
 */
public final class CommandRouter {
    private static final Logger LOG = LoggerFactory.getLogger(CommandRouter.class);

    private final CommandDecoder decoder;
    private final CommandTable table;
    private final CommandContext context;
    private final CommandAdmission admission;
    private final CommandQueue queue;

    /**
     * @param queues run the commands of each service one after the other, on {@code pool}
     * @param pool runs everything; needs at least four threads, since disk writes block them
     */
    public CommandRouter(CommandTable table, CommandContext context, KeyedSerialExecutor queues, Executor pool) {
        this.decoder = new CommandDecoder(context.topics());
        this.table = table;
        this.context = context;
        this.admission = new CommandAdmission(context, queues, pool);
        this.queue = new CommandQueue(pool, this::take);
    }

    /**
     * Completes what the previous agent left unfinished. First it continues removals. Then it sends replies that the broker
     * does not have yet, also those to duplicates, and runs accepted commands again or answers them {@code interrupted}.
     * Called once, after the supervisors were told that the agent has started and before the link is opened; takes the time
     * of a disk sync for every command that was interrupted.
     */
    public void recover() {
        for (ServiceId id : context.services().unfinishedRemovals()) continueRemoval(id);
        List<LedgerEntry> open = context.ledger().load();
        admission.answerOwed();
        for (LedgerEntry entry : open) {
            if (entry.stage() instanceof LedgerEntry.Done done) context.sendAgain(entry.id(), done.to(), done.reply());
            if (entry.stage() instanceof LedgerEntry.Accepted accepted) finish(entry, accepted);
        }
    }

    /** The names of all device commands. */
    public Set<String> deviceCommands() {
        return table.deviceCommands();
    }

    /** Receives a command. Called on the link's thread; never blocks. */
    public void received(MqttLink.Inbound inbound) {
        queue.offer(inbound, context.timers().now());
    }

    /** How many commands at QoS 0 were dropped because too many arrived at once. */
    public long dropped() {
        return queue.dropped();
    }

    private void take(MqttLink.Inbound inbound, Instant arrived) {
        Optional<Topics.CommandTopic> topic =
                context.topics().parse(inbound.message().topic());
        if (topic.isEmpty()) {
            LOG.debug("not a command topic: {}", inbound.message().topic());
            inbound.acknowledge();
            return;
        }
        CommandDecoder.Decoded decoded = decoder.decode(inbound.message(), topic.get(), arrived);
        try {
            CommandSpec spec = table.find(decoded.header());
            if (decoded instanceof CommandDecoder.Decoded.Refused refused) throw refused.refusal();
            if (inbound.message().retain()) throw context.retained(decoded.header());
            Command command = ((CommandDecoder.Decoded.Understood) decoded).command();
            admission.dispatch(new CommandAdmission.Arrival(command, spec, inbound.message(), inbound::acknowledge));
        } catch (CommandException refusal) {
            inbound.acknowledge();
            context.auditRefusal(decoded.header(), table.known(decoded.header()), refusal);
            context.replies().refuse(decoded.header(), refusal);
        }
    }

    /** No reply is sent here: if the ledger has the command, it is run again and answered as such. */
    private void continueRemoval(ServiceId id) {
        LOG.info("service={} continues its removal, which was interrupted", id);
        var nobody = new ReplyTo(context.topics().device("reply"), Optional.empty(), Optional.empty());
        var header = new Command.Header(
                Optional.empty(),
                Optional.of(id.value()),
                "remove",
                "",
                nobody,
                context.timers().now());
        try {
            admission.runInternal(Command.of(header, id), table.find(header), result -> {
                if (result instanceof CommandResult.Failed failed) {
                    LOG.warn("service={} could not be removed: {}", id, failed.message());
                }
            });
        } catch (CommandException unknown) {
            throw new IllegalStateException("there is no command " + header.name(), unknown);
        }
    }

    private void finish(LedgerEntry entry, LedgerEntry.Accepted accepted) {
        Optional<Topics.CommandTopic> topic =
                context.topics().parse(accepted.request().topic());
        if (topic.isEmpty()) {
            // The device was renamed or left the group: nobody waits for a reply there.
            LOG.warn(
                    "command {} was sent to {}, which is no longer a topic of this device",
                    entry.id(),
                    accepted.request().topic());
            var nobody = new ReplyTo(context.topics().device("reply"), Optional.empty(), Optional.empty());
            context.ledger().finish(entry.id(), nobody, "{}");
            context.ledger().replied(entry.id());
            return;
        }
        CommandDecoder.Decoded decoded = decoder.decode(accepted.request(), topic.get(), entry.accepted());
        context.ledger().repliesTo(entry.id(), decoded.header().replyTo());
        try {
            CommandSpec spec = table.find(decoded.header());
            if (decoded instanceof CommandDecoder.Decoded.Refused refused) throw refused.refusal();
            Command command = ((CommandDecoder.Decoded.Understood) decoded).command();
            if (spec.kind() != CommandTable.Kind.IDEMPOTENT) throw interrupted(command);
            admission.resume(entry.id(), command.repeatedAfter(accepted.snapshot()), spec);
        } catch (CommandException refusal) {
            ReplyTo to = decoded.header().replyTo();
            context.auditRefusal(decoded.header(), table.known(decoded.header()), refusal);
            context.finish(entry.id(), to, context.replies().write(decoded.header(), CommandResult.refused(refusal)));
        }
    }

    private static CommandException interrupted(Command command) {
        return new CommandException(
                ErrorCode.INTERRUPTED,
                "the agent ended while " + command.name()
                        + " was under way; whether it took effect is unknown, and it was not repeated");
    }

    /**
     * Hands messages from the link's thread to the pool, one at a time and in order. Messages at QoS 1 are as many as the
     * link's receive maximum allows, for they are not acknowledged yet: none is ever dropped. At QoS 0, which promises
     * nothing, those beyond the bound are dropped and counted. Thread-safe; never blocks.
     */
    static final class CommandQueue {
        private static final Logger LOG = LoggerFactory.getLogger(CommandQueue.class);
        private static final int MAX_WAITING = 1024;
        private static final long MAX_BYTES = 4 * 1024 * 1024;

        private final Executor pool;
        private final BiConsumer<MqttLink.Inbound, Instant> taker;

        @GuardedBy("this") private final ArrayDeque<Waiting> queue = new ArrayDeque<>();

        @GuardedBy("this") private long bytes;

        @GuardedBy("this") private long dropped;

        @GuardedBy("this") private boolean isDraining;

        CommandQueue(Executor pool, BiConsumer<MqttLink.Inbound, Instant> taker) {
            this.pool = pool;
            this.taker = taker;
        }

        private record Waiting(MqttLink.Inbound inbound, Instant arrived) {
            int size() {
                return inbound.message().payload().length;
            }
        }

        void offer(MqttLink.Inbound inbound, Instant arrived) {
            var waiting = new Waiting(inbound, arrived);
            synchronized (this) {
                if (inbound.message().qos() == 0 && isFull()) {
                    if (dropped++ == 0)
                        LOG.warn("commands at QoS 0 come faster than they can be taken: some are dropped");
                    return;
                }
                queue.add(waiting);
                bytes += waiting.size();
                if (isDraining) return;
                isDraining = true;
            }
            pool.execute(this::drain);
        }

        synchronized long dropped() {
            return dropped;
        }

        @GuardedBy("this") private boolean isFull() {
            return queue.size() >= MAX_WAITING || bytes >= MAX_BYTES;
        }

        private void drain() {
            for (Optional<Waiting> next = next(); next.isPresent(); next = next()) {
                Waiting waiting = next.get();
                try {
                    taker.accept(waiting.inbound(), waiting.arrived());
                } catch (
                        RuntimeException
                                bug) { // the top of the queue's task: one message must not stop those behind it
                    LOG.error(
                            "a message on {} could not be taken",
                            waiting.inbound().message().topic(),
                            bug);
                }
            }
        }

        private synchronized Optional<Waiting> next() {
            Optional<Waiting> next = Optional.ofNullable(queue.poll());
            next.ifPresentOrElse(waiting -> bytes -= waiting.size(), () -> isDraining = false);
            return next;
        }
    }
}
