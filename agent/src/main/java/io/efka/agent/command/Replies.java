package io.efka.agent.command;

import io.efka.agent.service.Timers;
import io.efka.agent.wire.Message;
import io.efka.agent.wire.Properties;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Writes replies and puts them on their way. Thread-safe; never blocks. */
final class Replies {
    // So that also the reply that says `expired` lives long enough to be read.
    private static final long MIN_EXPIRY_SECONDS = 10;
    private static final long MAX_EXPIRY_SECONDS = 0xFFFF_FFFFL;

    private final ReplyCodec codec;
    private final ReplySender sender;
    private final Timers timers;

    Replies(ReplyCodec codec, ReplySender sender, Timers timers) {
        this.codec = codec;
        this.sender = sender;
        this.timers = timers;
    }

    ReplyCodec.Written write(Address address, Answer answer) {
        return codec.encode(address, answer, timers.now());
    }

    CompletableFuture<Void> refuse(Address address, Refusal refusal) {
        return send(address.replyTo(), write(address, Answer.refused(refusal)).text());
    }

    CompletableFuture<Void> send(ReplyTo to, String reply) {
        var properties = new Properties(
                Optional.of("application/json"), Optional.empty(), to.correlationBytes(), expiry(to), List.of());
        return sender.send(new Message(to.topic(), reply.getBytes(StandardCharsets.UTF_8), 1, false, properties));
    }

    private OptionalLong expiry(ReplyTo to) {
        if (to.deadline().isEmpty()) return OptionalLong.empty();
        long left = Duration.between(timers.now(), to.deadline().get()).toSeconds();
        return OptionalLong.of(Math.min(MAX_EXPIRY_SECONDS, Math.max(MIN_EXPIRY_SECONDS, left)));
    }
}
