package io.efka.fleet.logs;

import io.efka.fleet.view.Document;
import io.efka.mqtt.Message;
import io.efka.mqtt.Message.UserProperty;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Some bytes of a stream.
 *
 * @param offset of the first byte, counted from the stream's first byte ever
 * @param bytes treat the array as read-only
 * @param at when the device read them; empty for what was asked for later
 */
record OutputChunk(long offset, byte[] bytes, Optional<Instant> at) {
    long end() {
        return offset + bytes.length;
    }

    /** What is left of it from {@code from} on. */
    OutputChunk from(long from) {
        if (from <= offset) return this;
        int skipped = (int) Math.min(bytes.length, from - offset);
        return new OutputChunk(offset + skipped, Arrays.copyOfRange(bytes, skipped, bytes.length), at);
    }

    /** A message of output; empty if it does not say its offset. */
    static Optional<OutputChunk> of(Message message) {
        Optional<Long> offset = property(message, "offset").flatMap(OutputChunk::number);
        Optional<Instant> at = property(message, "at").flatMap(OutputChunk::time);
        return offset.map(number -> new OutputChunk(number, message.payload(), at));
    }

    /** An answer to {@code logs}; empty if it has no output. */
    static Optional<OutputChunk> of(Document reply) {
        if (reply.number("offset").isEmpty()) return Optional.empty();
        long offset = reply.number("offset").getAsLong();
        Optional<byte[]> bytes = reply.text("text")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .or(() -> reply.text("base64").flatMap(OutputChunk::decode));
        return bytes.map(content -> new OutputChunk(offset, content, Optional.empty()));
    }

    private static Optional<byte[]> decode(String base64) {
        try {
            return Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> property(Message message, String name) {
        return message.properties().user().stream()
                .filter(property -> property.name().equals(name))
                .map(UserProperty::value)
                .findFirst();
    }

    private static Optional<Long> number(String text) {
        try {
            long number = Long.parseLong(text);
            return number < 0 ? Optional.empty() : Optional.of(number);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
