package io.efka.agent.command;

import com.google.gson.JsonObject;
import io.efka.agent.command.ledger.LedgerEntry.ReplyTo;
import io.efka.mqtt.Message;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Sha256;
import io.efka.protocol.Topics;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.json.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Decodes a message into a {@link Command}. MQTT 5 properties take precedence over {@code id}, {@code reply_to} and
 * {@code expires_at} in the payload. A message that cannot be decoded still gets a header, so that it can be answered.
 */
final class CommandDecoder {
    /** Understood by every command. */
    static final Set<String> COMMON = Set.of("id", "reply_to", "expires_at", "wait", "splay_ms");

    private static final int MAX_PAYLOAD_BYTES = 256 * 1024;
    private static final int MAX_ID = 128;
    private static final int MAX_TOPIC_BYTES = 1024;
    // A fleet that wants to spread a command wider sends it in waves.
    private static final long MAX_SPLAY_MS = 600_000;

    private final Topics topics;

    CommandDecoder(Topics topics) {
        this.topics = topics;
    }

    /** A command, or why there is none. */
    sealed interface Decoded {
        Command.Header header();

        record Understood(Command command) implements Decoded {
            @Override
            public Command.Header header() {
                return command.header();
            }
        }

        record Refused(Command.Header header, CommandException refusal) implements Decoded {}
    }

    Decoded decode(Message message, Topics.CommandTopic topic, Instant arrived) {
        Message.Properties properties = message.properties();
        Command.Header header = header(message, topic, arrived);
        try {
            if (properties.responseTopic().isPresent()) {
                requireLegalReplyTopic(
                        "the response topic", properties.responseTopic().get());
            }
            var arguments = new CommandArguments(payload(message.payload()));
            header = takeId(header, arguments);
            header = takeReplyTo(header, arguments, properties);
            header = takeExpiry(header, arguments, properties);
            boolean waits = arguments.flag("wait", true);
            Duration splay = splay(arguments, topic, header.id().orElseGet(() -> CommandDigest.of(message)));
            return new Decoded.Understood(
                    new Command(header, service(topic), arguments, waits, splay, Optional.empty()));
        } catch (CommandException refusal) {
            return new Decoded.Refused(header, refusal);
        }
    }

    private Command.Header header(Message message, Topics.CommandTopic topic, Instant arrived) {
        Message.Properties properties = message.properties();
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
        return new Command.Header(id, topic.service(), topic.command(), message.topic(), replyTo, arrived);
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
     * Why replies must not go to a topic. A reply must not become a command or pass for a message of another device:
     * otherwise whoever may command one device could command the whole fleet.
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

    private static Command.Header takeId(Command.Header header, CommandArguments arguments) throws CommandException {
        Optional<String> id = arguments.string("id");
        if (header.id().isPresent() || id.isEmpty()) return header;
        boolean isPlain = id.get().chars().noneMatch(Character::isISOControl);
        if (!isPlain || id.get().isEmpty() || id.get().length() > MAX_ID) {
            throw arguments.wrong("id", "a string of 1-" + MAX_ID + " characters, no control characters");
        }
        return header.withId(id.get());
    }

    private Command.Header takeReplyTo(Command.Header header, CommandArguments arguments, Message.Properties properties)
            throws CommandException {
        Optional<String> topic = arguments.string("reply_to");
        if (properties.responseTopic().isPresent() || topic.isEmpty()) return header;
        requireLegalReplyTopic("reply_to", topic.get());
        return header.withReplyTo(header.replyTo().at(topic.get()));
    }

    private static Command.Header takeExpiry(
            Command.Header header, CommandArguments arguments, Message.Properties properties) throws CommandException {
        boolean isGiven = arguments.string("expires_at").isPresent(); // its type is checked even if the property counts
        if (properties.expirySeconds().isPresent() || !isGiven) return header;
        return header.withReplyTo(header.replyTo().until(arguments.time("expires_at")));
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

    /** A blank payload is no arguments: a newline is what {@code echo | mosquitto_pub -s} sends. */
    static JsonObject payload(byte[] payload) throws CommandException {
        if (payload.length > MAX_PAYLOAD_BYTES) {
            throw new CommandException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "payload has " + payload.length + " bytes, may have " + MAX_PAYLOAD_BYTES + " at most");
        }
        String text = Utf8.decode(payload)
                .orElseThrow(() -> new CommandException(
                        ErrorCode.BAD_PAYLOAD,
                        "payload is not UTF-8 (" + payload.length + " bytes): send JSON in UTF-8"));
        if (text.isBlank()) return new JsonObject();
        try {
            StrictJson.Document document = StrictJson.parse(withoutMark(text));
            if (!document.duplicates().isEmpty()) {
                String key = JsonExcerpt.of(document.duplicates().get(0));
                throw bad("payload has the key " + key + " twice, and each may stand once", text);
            }
            if (document.root() instanceof JsonObject object) return object;
            throw bad("payload is not a JSON object", text);
        } catch (StrictJson.NotJsonException e) {
            throw bad("payload " + e.getMessage(), text);
        }
    }

    /** Some editors begin a file with a byte order mark; nobody sees it there. */
    private static String withoutMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static CommandException bad(String what, String text) {
        return new CommandException(
                ErrorCode.BAD_PAYLOAD,
                what + ": send nothing, or one object as in {\"wait\":false}; was " + JsonExcerpt.of(text));
    }

    /** Short, stable identifiers, made with SHA-256. */
    public static final class CommandDigest {
        // An id is a key of the ledger: long ones are kept by their digest.
        private static final int MAX_ID_BYTES = 128;

        private CommandDigest() {}

        /** The digest of topic and payload. Two messages with the same digest are the same command. */
        public static String of(Message message) {
            MessageDigest sha256 = Sha256.newDigest();
            sha256.update(message.topic().getBytes(StandardCharsets.UTF_8));
            sha256.update((byte) 0);
            sha256.update(message.payload());
            // 128 bits: nobody finds two commands of the same digest by chance, and half the text is kept.
            byte[] half = new byte[16];
            System.arraycopy(sha256.digest(), 0, half, 0, half.length);
            return base64(half);
        }

        /** Correlation data as a command's id: itself if it is plain text, else {@code b64:…}, or {@code sha256:…} if long. */
        public static String idOf(byte[] correlation) {
            if (correlation.length > MAX_ID_BYTES)
                return "sha256:" + base64(Sha256.newDigest().digest(correlation));
            return Utf8.decode(correlation)
                    .filter(text -> text.chars().noneMatch(Character::isISOControl))
                    .orElseGet(() -> "b64:" + base64(correlation));
        }

        private static String base64(byte[] bytes) {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        }

        /** A number that is spread evenly over all texts. */
        public static long number(String value) {
            return ByteBuffer.wrap(Sha256.newDigest().digest(value.getBytes(StandardCharsets.UTF_8)))
                    .getLong();
        }
    }
}
