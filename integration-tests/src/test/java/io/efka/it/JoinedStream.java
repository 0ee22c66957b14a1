package io.efka.it;

import java.io.ByteArrayOutputStream;
import java.util.Comparator;
import java.util.List;

/**
 * A stream put together from its messages by their offsets alone, as any reader can do it.
 *
 * @param bytes from the first byte seen
 * @param duplicates bytes that came more than once
 */
public record JoinedStream(byte[] bytes, long duplicates) {

    /** @throws AssertionError at a gap, or where two messages differ about the same bytes */
    public static JoinedStream of(List<Watcher.Seen> messages) {
        List<Watcher.Seen> sorted = messages.stream()
                .sorted(Comparator.comparingLong(Watcher.Seen::offset))
                .toList();
        var bytes = new ByteArrayOutputStream();
        long duplicates = 0;
        long first = sorted.isEmpty() ? 0 : sorted.get(0).offset();
        for (Watcher.Seen message : sorted) {
            long next = first + bytes.size();
            long known = next - message.offset();
            if (known < 0) throw new AssertionError("bytes " + next + " to " + message.offset() + " are missing");
            int length = message.payload().length;
            if (known > 0) requireSame(bytes.toByteArray(), message, first);
            duplicates += Math.min(known, length);
            if (known < length) bytes.write(message.payload(), (int) known, (int) (length - known));
        }
        return new JoinedStream(bytes.toByteArray(), duplicates);
    }

    private static void requireSame(byte[] stream, Watcher.Seen again, long first) {
        int from = (int) (again.offset() - first);
        for (int i = 0; i < again.payload().length && from + i < stream.length; i++) {
            if (stream[from + i] != again.payload()[i]) {
                throw new AssertionError("byte " + (first + from + i) + " came again as another one");
            }
        }
    }
}
