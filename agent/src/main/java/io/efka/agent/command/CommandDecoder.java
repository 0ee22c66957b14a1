package io.efka.agent.command;

import io.efka.agent.command.ledger.CommandDigest;
import io.efka.agent.command.ledger.ReplyTo;
import io.efka.mqtt.Message;
import io.efka.mqtt.MessageProperties;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics;
import io.efka.protocol.json.JsonExcerpt;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Makes a {@link Command} of a message. MQTT 5 properties win over {@code id}, {@code reply_to} and {@code expires_at} in
 * the payload. What cannot be understood still gets an address, so that it can be answered.
 */
final class CommandDecoder {
    /** Understood by every command. */
    static final Set<String> COMMON = Set.of("id", "reply_to", "expires_at", "wait", "splay_ms");

    private static final int MAX_ID = 128;
    private static final int MAX_TOPIC_BYTES = 1024;
    // A fleet that wants to spread a command wider sends it in waves.
    private static final long MAX_SPLAY_MS = 600_000;

    private final Topics topics;

    CommandDecoder(Topics topics) {
        this.topics = topics;
    }

    /** What came of it. */
    sealed interface Decoded {
        CommandHeader address();

        record Understood(Command command) implements Decoded {
            @Override
            public CommandHeader address() {
                return command.address();
            }
        }

        record Refused(CommandHeader address, CommandException refusal) implements Decoded {}
    }

    Decoded decode(Message message, Topics.CommandTopic topic, Instant arrived) {
        MessageProperties properties = message.properties();
        CommandHeader address = address(properties, topic, arrived);
        try {
            if (properties.responseTopic().isPresent()) {
                requireLegalReplyTopic(
                        "the response topic", properties.responseTopic().get());
            }
            var arguments = new CommandArguments(PayloadCodec.decode(message.payload()));
            address = takeId(address, arguments);
            address = takeReplyTo(address, arguments, properties);
            address = takeExpiry(address, arguments, properties);
            boolean waits = arguments.flag("wait", true);
            Duration splay = splay(arguments, topic, address.id().orElseGet(() -> CommandDigest.of(message)));
            return new Decoded.Understood(
                    new Command(address, service(topic), arguments, waits, splay, Optional.empty()));
        } catch (CommandException refusal) {
            return new Decoded.Refused(address, refusal);
        }
    }

    private CommandHeader address(MessageProperties properties, Topics.CommandTopic topic, Instant arrived) {
        String replyTopic = properties
                .responseTopic()
                .filter(asked -> problem(asked).isEmpty())
                .orElse(topics.device("reply"));
        var replyTo = new ReplyTo(
                replyTopic,
                properties.correlationData().map(Base64.getEncoder()::encodeToString),
                deadline(properties.expirySeconds(), arrived));
        Optional<String> id =
                properties.correlationData().filter(data -> data.length > 0).map(CommandDigest::idOf);
        return new CommandHeader(id, topic.service(), topic.command(), replyTo, arrived);
    }

    private static Optional<Instant> deadline(OptionalLong seconds, Instant arrived) {
        return seconds.isPresent() ? Optional.of(arrived.plusSeconds(seconds.getAsLong())) : Optional.empty();
    }

    private void requireLegalReplyTopic(String what, String topic) throws CommandException {
        Optional<String> problem = problem(topic);
        if (problem.isPresent()) {
            throw new CommandException(
                    ErrorCode.BAD_ARGUMENT, what + " " + problem.get() + ", was " + JsonExcerpt.of(topic));
        }
    }

    /**
     * A reply must not become a command, nor pass for what another device says: whoever may ask one device could make the
     * whole fleet act.
     */
    private Optional<String> problem(String topic) {
        if (topic.isEmpty()) return Optional.of("must not be empty");
        if (topic.getBytes(StandardCharsets.UTF_8).length > MAX_TOPIC_BYTES) {
            return Optional.of("must have " + MAX_TOPIC_BYTES + " bytes at most");
        }
        if (topic.startsWith("$")) return Optional.of("must not start with $");
        if (topic.chars().anyMatch(c -> c == '+' || c == '#' || c < ' ')) {
            return Optional.of("must not contain +, # or control characters");
        }
        return topics.use(topic).map(use -> "must not be a topic that agents use for " + use);
    }

    private static CommandHeader takeId(CommandHeader address, CommandArguments arguments) throws CommandException {
        Optional<String> id = arguments.string("id");
        if (address.id().isPresent() || id.isEmpty()) return address;
        boolean isPlain = id.get().chars().noneMatch(Character::isISOControl);
        if (!isPlain || id.get().isEmpty() || id.get().length() > MAX_ID) {
            throw arguments.wrong("id", "a string of 1-" + MAX_ID + " characters, no control characters");
        }
        return address.withId(id.get());
    }

    private CommandHeader takeReplyTo(CommandHeader address, CommandArguments arguments, MessageProperties properties)
            throws CommandException {
        Optional<String> topic = arguments.string("reply_to");
        if (properties.responseTopic().isPresent() || topic.isEmpty()) return address;
        requireLegalReplyTopic("reply_to", topic.get());
        return address.withReplyTo(address.replyTo().at(topic.get()));
    }

    private static CommandHeader takeExpiry(
            CommandHeader address, CommandArguments arguments, MessageProperties properties) throws CommandException {
        Optional<String> expiry = arguments.string("expires_at");
        if (properties.expirySeconds().isPresent() || expiry.isEmpty()) return address;
        Optional<Instant> deadline = Optional.of(instant(arguments, expiry.get()));
        return address.withReplyTo(address.replyTo().until(deadline));
    }

    private static Instant instant(CommandArguments arguments, String text) throws CommandException {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw arguments.wrong("expires_at", "a time as in \"2030-01-31T12:00:00.000Z\"");
        }
    }

    /** Members of a group share the work of being slow: each its own, always the same, part of the span. */
    private Duration splay(CommandArguments arguments, Topics.CommandTopic topic, String id) throws CommandException {
        long span = arguments.whole("splay_ms", 0, MAX_SPLAY_MS).orElse(0);
        if (span == 0 || topic.group().isEmpty()) return Duration.ZERO;
        long hash = CommandDigest.number(topics.device().value() + "/" + id);
        return Duration.ofMillis(Math.floorMod(hash, span));
    }

    private static Optional<ServiceId> service(Topics.CommandTopic topic) throws CommandException {
        if (topic.service().isEmpty()) return Optional.empty();
        try {
            return Optional.of(new ServiceId(topic.service().get()));
        } catch (IllegalArgumentException e) {
            throw new CommandException(ErrorCode.BAD_ARGUMENT, String.valueOf(e.getMessage()));
        }
    }
}
