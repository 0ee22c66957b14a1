package io.efka.agent.command;

import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.command.ledger.LedgerEntry.ReplyTo;
import io.efka.agent.command.ledger.ShortReply;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.protocol.CommandException;
import io.efka.protocol.Topics;
import io.efka.threads.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Writes replies as the protocol document describes them, and sends them. Thread-safe; never blocks. */
final class Replies {
    // Long enough that even a reply that says `expired` can be read.
    private static final long MIN_EXPIRY_SECONDS = 10;
    private static final long MAX_EXPIRY_SECONDS = 0xFFFF_FFFFL;

    private final Function<Message, CompletableFuture<Void>> sender;
    private final Timers timers;
    private final String device;
    private final String defaultTopic;

    Replies(Topics topics, Function<Message, CompletableFuture<Void>> sender, Timers timers) {
        this.sender = sender;
        this.timers = timers;
        this.device = topics.device().value();
        this.defaultTopic = topics.device("reply");
    }

    /** The reply as JSON. */
    String write(Command.Header header, CommandResult result) {
        ReplyFields reply = ReplyFields.NONE.and("v", 1);
        if (header.id().isPresent()) reply = reply.and("id", header.id().get());
        reply = reply.and("device", device);
        if (header.service().isPresent())
            reply = reply.and("service", header.service().get());
        reply = reply.and("command", header.name()).and("ok", result instanceof CommandResult.Done);
        if (result instanceof CommandResult.Failed failed) reply = reply.and("error", failed.error());
        // Not negative, even if the wall clock was set back meanwhile.
        long took = Math.max(0, Duration.between(header.arrived(), timers.now()).toMillis());
        return reply.andAll(result.fields()).and("took_ms", took).text();
    }

    CompletableFuture<Void> refuse(Command.Header header, CommandException refusal) {
        return send(header.replyTo(), write(header, CommandResult.refused(refusal)));
    }

    /** Sends the reply to a command that changes something. If it has to be shortened, it still says what was done. */
    CompletableFuture<Void> send(ReplyTo to, String reply) {
        return send(to, reply, problem -> ShortReply.ofDeed(reply, problem));
    }

    /** Sends the reply to a query. If it has to be shortened, it says that the query failed. */
    CompletableFuture<Void> sendResult(ReplyTo to, String reply) {
        return send(to, reply, problem -> ShortReply.ofQuery(reply, problem));
    }

    /** Sends exactly one reply: shortened if it is too large, on the device's own topic if the other is refused. */
    private CompletableFuture<Void> send(ReplyTo to, String reply, Function<ShortReply.Problem, String> shorten) {
        return orElse(publish(to, reply), failure -> {
            var problem = new ShortReply.Problem(failure, reply.getBytes(StandardCharsets.UTF_8).length, to.topic());
            String shortened = shorten.apply(problem);
            if (!problem.isTooLarge()) return sendToDefaultTopic(to, shortened, failure);
            return orElse(publish(to, shortened), again -> sendToDefaultTopic(to, shortened, again));
        });
    }

    private CompletableFuture<Void> sendToDefaultTopic(ReplyTo to, String shortened, LinkException failure) {
        if (to.topic().equals(defaultTopic)) return CompletableFuture.failedFuture(failure);
        return publish(to.at(defaultTopic), shortened);
    }

    /** What to do instead when the broker refuses it for good. */
    private static CompletableFuture<Void> orElse(
            CompletableFuture<Void> sending, Function<LinkException, CompletableFuture<Void>> instead) {
        return sending.handle((done, problem) -> problem)
                .thenCompose(problem -> problem instanceof LinkException failure && failure.isRefused()
                        ? instead.apply(failure)
                        : sending);
    }

    private CompletableFuture<Void> publish(ReplyTo to, String reply) {
        var properties = new Message.Properties(
                Optional.of("application/json"), Optional.empty(), to.correlationBytes(), expiry(to), List.of());
        return sender.apply(new Message(to.topic(), reply.getBytes(StandardCharsets.UTF_8), 1, false, properties));
    }

    private OptionalLong expiry(ReplyTo to) {
        if (to.deadline().isEmpty()) return OptionalLong.empty();
        long left = Duration.between(timers.now(), to.deadline().get()).toSeconds();
        return OptionalLong.of(Math.min(MAX_EXPIRY_SECONDS, Math.max(MIN_EXPIRY_SECONDS, left)));
    }
}
