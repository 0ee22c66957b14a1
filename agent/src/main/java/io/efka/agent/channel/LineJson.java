package io.efka.agent.channel;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.ToNumberPolicy;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads a line as one strict JSON object, as deep as commands may be and no deeper. */
final class LineJson {
    /** As for a command's payload. */
    static final int MAX_NESTING = 64;

    private static final int SHOWN = 80;

    private final JsonReader reader;

    private LineJson(String line) {
        reader = new JsonReader(new StringReader(line));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(MAX_NESTING);
    }

    static JsonObject parse(byte[] bytes) throws BadLineException {
        String line = text(bytes);
        try {
            var parser = new LineJson(line);
            JsonElement value = parser.value();
            if (parser.reader.peek() != JsonToken.END_DOCUMENT) {
                throw new BadLineException("a line must be one JSON object, there was more behind it");
            }
            if (value instanceof JsonObject object) return object;
            throw new BadLineException("a line must be a JSON object, was " + shown(line));
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw new BadLineException("a line must be one JSON object in UTF-8, nested " + MAX_NESTING
                    + " deep at most, was " + shown(line));
        }
    }

    private static String text(byte[] bytes) throws BadLineException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadLineException("a line must be UTF-8");
        }
    }

    /** In quotes, on one line, cut to what helps. */
    static String shown(String text) {
        return new JsonPrimitive(text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text).toString();
    }

    private JsonElement value() throws IOException, BadLineException {
        return switch (reader.peek()) {
            case BEGIN_OBJECT -> object();
            case BEGIN_ARRAY -> array();
            case STRING -> new JsonPrimitive(reader.nextString());
            case NUMBER -> new JsonPrimitive(ToNumberPolicy.LAZILY_PARSED_NUMBER.readNumber(reader));
            case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
            case NULL -> {
                reader.nextNull();
                yield JsonNull.INSTANCE;
            }
            case END_ARRAY, END_OBJECT, NAME, END_DOCUMENT -> throw new IllegalStateException("no value");
        };
    }

    private JsonObject object() throws IOException, BadLineException {
        var object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
            String key = reader.nextName();
            if (object.has(key)) throw new BadLineException("the key " + shown(key) + " stands twice");
            object.add(key, value());
        }
        reader.endObject();
        return object;
    }

    private JsonArray array() throws IOException, BadLineException {
        var array = new JsonArray();
        reader.beginArray();
        while (reader.hasNext()) array.add(value());
        reader.endArray();
        return array;
    }
}
