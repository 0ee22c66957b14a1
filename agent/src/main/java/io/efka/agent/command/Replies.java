package io.efka.agent.command;

import io.efka.agent.command.ledger.ReplyText;
import io.efka.agent.command.ledger.ReplyTo;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MessageProperties;
import io.efka.threads.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Writes replies and puts them on their way. Thread-safe; never blocks. */
final class Replies {
    // So that also the reply that says `expired` lives long enough to be read.
    private static final long MIN_EXPIRY_SECONDS = 10;
    private static final long MAX_EXPIRY_SECONDS = 0xFFFF_FFFFL;

    private final ReplyCodec codec;
    private final ReplySender sender;
    private final Timers timers;
    private final String defaultTopic;

    /** @param defaultTopic of the device, for replies that the broker does not take on their own topic */
    Replies(ReplyCodec codec, ReplySender sender, Timers timers, String defaultTopic) {
        this.codec = codec;
        this.sender = sender;
        this.timers = timers;
        this.defaultTopic = defaultTopic;
    }

    ReplyText write(CommandHeader address, CommandResult answer) {
        return codec.encode(address, answer, timers.now());
    }

    CompletableFuture<Void> refuse(CommandHeader address, CommandException refusal) {
        return send(
                address.replyTo(),
                write(address, CommandResult.refused(refusal)).text());
    }

    /** Sends the reply of a command that changes something: if it does not arrive whole, it still says what was done. */
    CompletableFuture<Void> send(ReplyTo to, String reply) {
        return send(to, reply, problem -> ShortReply.ofDeed(reply, problem));
    }

    /** Sends the answer to a query: if it does not arrive whole, it says that the query failed. */
    CompletableFuture<Void> sendResult(ReplyTo to, String reply) {
        return send(to, reply, problem -> ShortReply.ofQuery(reply, problem));
    }

    /** Exactly one reply: shortened where it is too large, on the device's own topic where its own is refused. */
    private CompletableFuture<Void> send(ReplyTo to, String reply, Function<ShortReply.Problem, String> shortened) {
        return or(publish(to, reply), failure -> {
            var problem = new ShortReply.Problem(failure, reply.getBytes(StandardCharsets.UTF_8).length, to.topic());
            if (!problem.isTooLarge()) return elsewhere(to, shortened.apply(problem), failure);
            String brief = shortened.apply(problem);
            return or(publish(to, brief), again -> elsewhere(to, brief, again));
        });
    }

    private CompletableFuture<Void> elsewhere(ReplyTo to, String brief, LinkException failure) {
        if (to.topic().equals(defaultTopic)) return CompletableFuture.failedFuture(failure);
        return publish(to.at(defaultTopic), brief);
    }

    /** What to do instead when the broker will never take it. */
    private static CompletableFuture<Void> or(
            CompletableFuture<Void> sending, Function<LinkException, CompletableFuture<Void>> instead) {
        return sending.handle((done, problem) -> problem)
                .thenCompose(problem -> problem instanceof LinkException failure && failure.isRefused()
                        ? instead.apply(failure)
                        : sending);
    }

    private CompletableFuture<Void> publish(ReplyTo to, String reply) {
        var properties = new MessageProperties(
                Optional.of("application/json"), Optional.empty(), to.correlationBytes(), expiry(to), List.of());
        return sender.send(new Message(to.topic(), reply.getBytes(StandardCharsets.UTF_8), 1, false, properties));
    }

    private OptionalLong expiry(ReplyTo to) {
        if (to.deadline().isEmpty()) return OptionalLong.empty();
        long left = Duration.between(timers.now(), to.deadline().get()).toSeconds();
        return OptionalLong.of(Math.min(MAX_EXPIRY_SECONDS, Math.max(MIN_EXPIRY_SECONDS, left)));
    }
}
