package io.efka.agent.command;

import io.efka.agent.command.ledger.Ledger;
import io.efka.agent.command.ledger.LedgerEntry;
import io.efka.agent.command.ledger.ReplyText;
import io.efka.agent.command.ledger.ReplyTo;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics;
import io.efka.threads.FatalErrors;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where commands come in. The link's thread only hands them over; one task at a time takes them apart, in the order in
 * which they came, and passes them on. Every command gets exactly one reply, whatever it is and whatever becomes of it.
 */
public final class CommandRouter {
    private static final Logger LOG = LoggerFactory.getLogger(CommandRouter.class);

    private final Topics topics;
    private final CommandDecoder decoder;
    private final CommandTable table;
    private final Desk desk;
    private final CommandAdmission dispatcher;
    private final CommandQueue intake;

    /**
     * @param pool runs everything; four threads at least, since disk writes wait on it
     * @param lanes on the same pool
     */
    public CommandRouter(
            CommandTable table, Environment environment, Ledger ledger, KeyedSerialExecutor lanes, Executor pool) {
        this.topics = environment.topics();
        this.decoder = new CommandDecoder(topics);
        this.table = table;
        this.desk = environment.desk(ledger);
        this.dispatcher = new CommandAdmission(desk, lanes, pool);
        this.intake = new CommandQueue(pool, this::take);
    }

    /**
     * Goes on with what the last life of the agent left: accepted commands are finished or answered {@code interrupted},
     * outcomes that were not replied are, duplicates too, removals that were begun are gone on with first. Called once,
     * after the supervisors were told that the agent has started and before the link is opened; takes the time of a disk
     * sync for every command that was cut off.
     */
    public void recover() {
        for (ServiceId id : desk.supervision().unfinishedRemovals()) goOnRemoving(id);
        List<LedgerEntry> open = desk.ledger().load();
        dispatcher.answerOwed();
        for (LedgerEntry entry : open) {
            if (entry.stage() instanceof LedgerEntry.Done done) reply(entry.id(), done.to(), done.reply());
            if (entry.stage() instanceof LedgerEntry.Accepted accepted) finish(entry, accepted);
        }
    }

    /** Names of the commands of a device. */
    public Set<String> deviceCommands() {
        return table.deviceCommands();
    }

    /** Takes a command. Called on the link's thread; never blocks. */
    public void received(MqttLink.Inbound inbound) {
        intake.offer(inbound, desk.timers().now());
    }

    /** Commands sent at QoS 0 that were dropped, since too many came at once. */
    public long dropped() {
        return intake.dropped();
    }

    private void take(MqttLink.Inbound inbound, Instant arrived) {
        Optional<Topics.CommandTopic> topic = topics.parse(inbound.message().topic());
        if (topic.isEmpty()) {
            LOG.debug("no command: {}", inbound.message().topic());
            inbound.acknowledge();
            return;
        }
        CommandDecoder.Decoded decoded = decoder.decode(inbound.message(), topic.get(), arrived);
        try {
            CommandTable.Row row = table.find(decoded.address());
            if (decoded instanceof CommandDecoder.Decoded.Refused refused) throw refused.refusal();
            if (inbound.message().retain()) throw Notices.retained(decoded.address(), desk.events());
            Command command = ((CommandDecoder.Decoded.Understood) decoded).command();
            dispatcher.dispatch(new CommandAdmission.Arrival(command, row, inbound.message(), inbound::acknowledge));
        } catch (CommandException refusal) {
            inbound.acknowledge();
            desk.replies().refuse(decoded.address(), refusal);
        }
    }

    /** Whoever asked for it is answered by what the ledger knows of the command, if it had an id. */
    private void goOnRemoving(ServiceId id) {
        LOG.info("service={} its removal was cut off and is gone on with", id);
        var nobody = new ReplyTo(topics.device("reply"), Optional.empty(), Optional.empty());
        var address = new CommandHeader(
                Optional.empty(),
                Optional.of(id.value()),
                "remove",
                nobody,
                desk.timers().now());
        try {
            dispatcher.goOn(Command.of(address, id), table.find(address), answer -> {
                if (answer instanceof CommandResult.Failed failed) {
                    LOG.warn("service={} could not be removed: {}", id, failed.message());
                }
            });
        } catch (CommandException unknown) {
            throw new IllegalStateException("there is no command " + address.name(), unknown);
        }
    }

    private void finish(LedgerEntry entry, LedgerEntry.Accepted accepted) {
        Optional<Topics.CommandTopic> topic = topics.parse(accepted.request().topic());
        if (topic.isEmpty()) {
            // The device was given another name or left the group: nobody waits on the old topics.
            LOG.warn(
                    "command {} was for {}, which is not ours any more",
                    entry.id(),
                    accepted.request().topic());
            var nobody = new ReplyTo(topics.device("reply"), Optional.empty(), Optional.empty());
            desk.ledger().finish(entry.id(), nobody, new ReplyText("{}", "{}"));
            desk.ledger().replied(entry.id());
            return;
        }
        CommandDecoder.Decoded decoded = decoder.decode(accepted.request(), topic.get(), entry.accepted());
        desk.ledger().repliesTo(entry.id(), decoded.address().replyTo());
        try {
            CommandTable.Row row = table.find(decoded.address());
            if (decoded instanceof CommandDecoder.Decoded.Refused refused) throw refused.refusal();
            Command command = ((CommandDecoder.Decoded.Understood) decoded).command();
            if (row.kind() != CommandTable.Kind.REPEATABLE) throw interrupted(command);
            dispatcher.resume(entry.id(), command.repeatedAfter(accepted.before()), row);
        } catch (CommandException refusal) {
            ReplyTo to = decoded.address().replyTo();
            ReplyText reply = desk.replies().write(decoded.address(), CommandResult.refused(refusal));
            desk.ledger().finish(entry.id(), to, reply);
            reply(entry.id(), to, reply.text());
        }
    }

    private void reply(String key, ReplyTo to, String reply) {
        desk.replies()
                .send(to, reply)
                .thenRun(FatalErrors.top(() -> desk.ledger().replied(key)));
    }

    private static CommandException interrupted(Command command) {
        return new CommandException(
                ErrorCode.INTERRUPTED,
                "the agent ended while " + command.name()
                        + " was under way; whether it took effect is unknown, and it was" + " not repeated");
    }
}
