package io.efka.protocol.artifact;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.Names;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.json.StrictJson.NotJsonException;
import io.efka.protocol.json.Utf8;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads the fields of a message about an artifact, which may come from anybody. What is wrong is an {@link
 * IllegalArgumentException} that names the field, the value and what would be right.
 */
final class TransferDocument {
    /** Far more than the longest of these messages has. */
    private static final int MAX_BYTES = 16 * 1024;

    private static final int VERSION = 1;
    private static final int SHOWN = 64;

    private final JsonObject json;

    private TransferDocument(JsonObject json) {
        this.json = json;
    }

    static TransferDocument parse(byte[] payload) {
        if (payload.length > MAX_BYTES) {
            throw new IllegalArgumentException("must have at most " + MAX_BYTES + " bytes, has " + payload.length);
        }
        String text = Utf8.decode(payload).orElseThrow(() -> new IllegalArgumentException("must be UTF-8"));
        try {
            if (StrictJson.parse(text).root() instanceof JsonObject object) {
                var document = new TransferDocument(object);
                document.whole("v", VERSION, VERSION);
                return document;
            }
            throw new IllegalArgumentException("must be a JSON object");
        } catch (NotJsonException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** A whole number in a range, both ends included. */
    long whole(String key, long least, long most) {
        return whole(key, json.get(key), least, most);
    }

    private static long whole(String key, JsonElement value, long least, long most) {
        if (value instanceof JsonPrimitive number
                && number.isNumber()
                && number.getAsString().matches("\\d{1,18}")) {
            long found = Long.parseLong(number.getAsString());
            if (found >= least && found <= most) return found;
        }
        throw wrong(key, "a whole number from " + least + " to " + most, value);
    }

    /** Size of chunks; empty where it is missing. */
    OptionalInt chunk(String key) {
        if (!json.has(key)) return OptionalInt.empty();
        return OptionalInt.of((int) whole(key, ArtifactInfo.MIN_CHUNK, ArtifactInfo.MAX_CHUNK));
    }

    String text(String key) {
        if (json.get(key) instanceof JsonPrimitive text && text.isString()) return text.getAsString();
        throw wrong(key, "a string", json.get(key));
    }

    /** A legal name, as of a device. */
    String name(String key) {
        return Names.requireLegal(key, text(key));
    }

    /** False where it is missing. */
    boolean flag(String key) {
        if (!json.has(key)) return false;
        if (json.get(key) instanceof JsonPrimitive flag && flag.isBoolean()) return flag.getAsBoolean();
        throw wrong(key, "true or false", json.get(key));
    }

    /** A list of ranges {@code [first,last]}; empty where it is missing. */
    List<ChunkNumbers.Range> ranges(String key) {
        var ranges = new ArrayList<ChunkNumbers.Range>();
        if (!json.has(key)) return ranges;
        if (!(json.get(key) instanceof JsonArray list)) throw wrong(key, "a list of ranges", json.get(key));
        for (JsonElement each : list) ranges.add(range(key, each));
        return ranges;
    }

    Optional<ChunkNumbers.Range> range(String key) {
        return json.has(key) ? Optional.of(range(key, json.get(key))) : Optional.empty();
    }

    private static ChunkNumbers.Range range(String key, JsonElement value) {
        if (!(value instanceof JsonArray pair) || pair.size() != 2) {
            throw wrong(key, "made of ranges [first,last]", value);
        }
        int first = (int) whole(key, pair.get(0), 0, ArtifactInfo.MAX_CHUNKS - 1);
        int last = (int) whole(key, pair.get(1), first, ArtifactInfo.MAX_CHUNKS - 1);
        return new ChunkNumbers.Range(first, last);
    }

    private static IllegalArgumentException wrong(String key, String expected, JsonElement found) {
        String shown = found == null ? "missing" : JsonExcerpt.cut(found.toString(), SHOWN);
        return new IllegalArgumentException(key + " must be " + expected + ", was " + shown);
    }
}
