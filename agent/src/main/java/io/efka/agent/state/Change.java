package io.efka.agent.state;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * One document put in place of the earlier one of its key, or removed.
 *
 * @param map the named map it belongs to; non-empty, without a NUL
 * @param key within the map; any text
 * @param document what to keep, usually JSON; empty: remove what is there
 */
public record Change(String map, String key, Optional<String> document) {
    private static final int REMOVE = 0;
    private static final int PUT = 1;

    public Change {
        if (map.isEmpty() || map.indexOf(Documents.SEPARATOR) >= 0) {
            throw new IllegalArgumentException("bad map name \"" + map + "\": must be non-empty and without a NUL");
        }
    }

    public static Change put(String map, String key, String document) {
        return new Change(map, key, Optional.of(document));
    }

    public static Change remove(String map, String key) {
        return new Change(map, key, Optional.empty());
    }

    /** Roughly what it takes in memory and on disk, in characters. */
    int size() {
        return map.length() + key.length() + document.map(String::length).orElse(0);
    }

    /** Changes as bytes: for each, a kind, then map, key and document as texts with their length. */
    static byte[] encode(Collection<Change> changes) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            for (Change change : changes) write(out, change);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot be: it goes to memory
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, Change change) throws IOException {
        out.writeByte(change.document().isPresent() ? PUT : REMOVE);
        writeText(out, change.map());
        writeText(out, change.key());
        if (change.document().isPresent()) writeText(out, change.document().get());
    }

    // UTF-8; a text with half a surrogate pair (a JSON escape can make one) has none, and is told by a negative length.
    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes;
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            out.writeInt(bytes.length);
        } catch (CharacterCodingException e) {
            bytes = new byte[2 * text.length()];
            ByteBuffer.wrap(bytes).asCharBuffer().put(text);
            out.writeInt(-bytes.length);
        }
        out.write(bytes);
    }

    /** @throws IllegalArgumentException or {@link java.nio.BufferUnderflowException} if it is not what encode made */
    static List<Change> decode(ByteBuffer in) {
        var changes = new ArrayList<Change>();
        while (in.hasRemaining()) {
            int kind = in.get();
            String map = readText(in);
            String key = readText(in);
            switch (kind) {
                case PUT -> changes.add(Change.put(map, key, readText(in)));
                case REMOVE -> changes.add(Change.remove(map, key));
                default -> throw new IllegalArgumentException("bad kind of change: must be 0 or 1, was " + kind);
            }
        }
        return changes;
    }

    private static String readText(ByteBuffer in) {
        int length = in.getInt();
        var bytes = new byte[Math.abs(length)];
        in.get(bytes);
        if (length >= 0) return new String(bytes, StandardCharsets.UTF_8);
        return ByteBuffer.wrap(bytes).asCharBuffer().toString();
    }
}
