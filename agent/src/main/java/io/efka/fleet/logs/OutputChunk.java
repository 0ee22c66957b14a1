package io.efka.fleet.logs;

import io.efka.fleet.view.Document;
import io.efka.mqtt.Message;
import io.efka.mqtt.Message.UserProperty;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * Some bytes of a stream.
 *
 * @param offset of the first byte, counted from the stream's first byte ever
 * @param bytes treat the array as read-only
 * @param written empty if the device does not say
 */
record OutputChunk(long offset, byte[] bytes, Optional<Written> written) {
    /** 2^53, as for every number of the protocol. No stream gets as long; what says it is would upset the sums. */
    private static final long MAX_OFFSET = 1L << 53;

    static boolean isOffset(long number) {
        return number >= 0 && number <= MAX_OFFSET;
    }

    long end() {
        return offset + bytes.length;
    }

    /** What is left of it from {@code from} on. */
    OutputChunk from(long from) {
        if (from <= offset) return this;
        return part((int) Math.min(bytes.length, from - offset), bytes.length);
    }

    /** Its bytes from position {@code from} to position {@code to}, exclusive. */
    OutputChunk part(int from, int to) {
        boolean isWhole = from == 0 && to == bytes.length;
        Optional<Written> left = isWhole
                ? written
                : written.map(time -> new Written(
                        time.earliest().flatMap(earliest -> likely(from)),
                        likely(to).orElse(time.latest()),
                        time.isEstimated()));
        return new OutputChunk(offset + from, Arrays.copyOfRange(bytes, from, to), left);
    }

    /**
     * When the bytes before a position most likely were there: the first line at the earliest time, the last at the latest, and
     * those between as if they had been written evenly.
     */
    Optional<Instant> likely(int position) {
        int end = 0;
        while (end < bytes.length && bytes[end] != '\n') end++;
        int first = Math.min(bytes.length, end + 1);
        double share = first == bytes.length ? 1 : (double) Math.max(0, position - first) / (bytes.length - first);
        return written.map(time -> time.likely(share));
    }

    /** A message of output; empty if it does not say its offset. */
    static Optional<OutputChunk> of(Message message) {
        Optional<Long> offset = property(message, "offset").flatMap(OutputChunk::number);
        Optional<Instant> at = property(message, "at").flatMap(Document::time);
        return offset.map(number -> new OutputChunk(number, message.payload(), at.map(Written::at)));
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
            return isOffset(number) ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
