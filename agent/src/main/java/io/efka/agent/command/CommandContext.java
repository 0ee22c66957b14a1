package io.efka.agent.command;

import io.efka.agent.command.ledger.Ledger;
import io.efka.agent.command.ledger.LedgerEntry.ReplyTo;
import io.efka.agent.command.ledger.LedgerEntry.ServiceSnapshot;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.agent.telemetry.Events;
import io.efka.mqtt.Message;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What all commands of a device share: the ledger, the replies, and the events that announce what a reply cannot. Only
 * {@link #finish} waits for the disk. Thread-safe.
 */
public final class CommandContext {
    private final Topics topics;
    private final Ledger ledger;
    private final Replies replies;
    private final ServiceRegistry services;
    private final Events events;
    private final Timers timers;
    private final CommandAudit audit;

    /**
     * @param sender sends a reply, if need be again at the next connection, and never blocks; completes when the broker
     * has the reply, and fails when this agent will not send it (refused, queue full, closed)
     */
    public CommandContext(
            Topics topics,
            Ledger ledger,
            Function<Message, CompletableFuture<Void>> sender,
            ServiceRegistry services,
            Events events,
            Timers timers,
            CommandAudit audit) {
        this.topics = topics;
        this.ledger = ledger;
        this.replies = new Replies(topics, sender, timers);
        this.services = services;
        this.events = events;
        this.timers = timers;
        this.audit = audit;
    }

    Topics topics() {
        return topics;
    }

    Ledger ledger() {
        return ledger;
    }

    Replies replies() {
        return replies;
    }

    ServiceRegistry services() {
        return services;
    }

    Timers timers() {
        return timers;
    }

    /** A command was done, or refused when its turn came. */
    void audit(Command command, CommandTable.CommandSpec spec, CommandResult result) {
        audit.done(command, spec, result, timers.now());
    }

    /** A command was refused at acceptance; {@code spec} is empty if there is no such command. */
    void auditRefusal(Command.Header header, Optional<CommandTable.CommandSpec> spec, CommandException refusal) {
        audit.refused(header, spec, CommandResult.refused(refusal), timers.now());
    }

    boolean isExpired(Command command) {
        return command.isExpired(timers.now());
    }

    /** The state of the command's service, now. */
    ServiceSnapshot snapshot(Command command) {
        return command.service()
                .flatMap(services::find)
                .map(ServiceSnapshot::of)
                .orElse(ServiceSnapshot.NONE);
    }

    /** Writes the outcome of a command to the ledger, then sends its reply. Waits for the disk. */
    CompletableFuture<Void> finish(String ledgerKey, ReplyTo to, String reply) {
        ledger.finish(ledgerKey, to, reply);
        return sendAgain(ledgerKey, to, reply);
    }

    /** Sends a reply that is in the ledger, and marks it there when the broker has it. */
    CompletableFuture<Void> sendAgain(String ledgerKey, ReplyTo to, String reply) {
        CompletableFuture<Void> sending = replies.send(to, reply);
        sending.thenRun(FatalErrors.top(() -> ledger.replied(ledgerKey)));
        return sending;
    }

    /** Refuses a command, with an event as well: its reply may reach nobody. */
    CommandException expired(Command.Header header) {
        announceRefusal(header, "expired");
        String deadline = header.replyTo().deadline().map(Object::toString).orElse("unknown");
        return new CommandException(
                ErrorCode.EXPIRED, header.name() + " expired at " + deadline + " and was not executed");
    }

    /** As {@link #expired}. */
    CommandException retained(Command.Header header) {
        announceRefusal(header, "retained_refused");
        return new CommandException(
                ErrorCode.RETAINED_REFUSED,
                header.name() + " was sent retained and would repeat at every reconnect: send it without retain");
    }

    private void announceRefusal(Command.Header header, String kind) {
        Map<String, Object> fields = new HashMap<>();
        fields.put("command", header.name());
        header.id().ifPresent(id -> fields.put("id", id));
        announce(header.service().filter(Names::isLegal).map(ServiceId::new), kind, fields);
    }

    /** Announces the end of a command that was answered when it was accepted. */
    void announceDone(Command command, CommandResult result) {
        Map<String, Object> fields = new LinkedHashMap<>();
        command.id().ifPresent(id -> fields.put("id", id));
        fields.put("command", command.name());
        fields.put("ok", result instanceof CommandResult.Done);
        if (result instanceof CommandResult.Failed failed) {
            fields.put("code", failed.code().word());
            fields.put("message", failed.message());
        }
        result.fields().asMap().forEach(fields::putIfAbsent);
        announce(command.service(), "command_done", fields);
    }

    private void announce(Optional<ServiceId> service, String kind, Map<String, ?> fields) {
        service.ifPresentOrElse(id -> events.service(id, kind, fields), () -> events.device(kind, fields));
    }
}
