package io.efka.agent.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a command's payload: nothing, or one strict JSON object. Every refusal says what would be right. */
final class PayloadCodec {
    static final int MAX_BYTES = 256 * 1024;
    static final int MAX_NESTING = 64;
    // Far more than any argument needs, and few enough that reading them costs nothing.
    private static final int MAX_DIGITS = 64;
    private static final Pattern POSITION = Pattern.compile("at line (\\d+) column (\\d+)");
    private static final int SHOWN = 80;

    private PayloadCodec() {}

    /** A blank payload is no arguments: a newline is what {@code echo | mosquitto_pub -s} sends. */
    static JsonObject decode(byte[] payload) throws Refusal {
        if (payload.length > MAX_BYTES) {
            throw new Refusal(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "payload has " + payload.length + " bytes, may have " + MAX_BYTES + " at most");
        }
        String text = text(payload);
        if (text.isBlank()) return new JsonObject();
        requireShallow(text);
        try (var reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            JsonElement value = read(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) throw bad("payload has more than one JSON value", text);
            if (value instanceof JsonObject object) return object;
            throw bad("payload is not a JSON object", text);
        } catch (MalformedJsonException | EOFException | NumberFormatException e) {
            throw bad("payload is not JSON" + position(e), text);
        } catch (IOException e) {
            throw bad("payload is not JSON", text);
        }
    }

    /** {@code value} for a message: on one line, of bounded length, in quotes if it is text. */
    static String shown(String value) {
        String clipped = value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value;
        return new JsonPrimitive(clipped).toString();
    }

    static String shown(JsonElement value) {
        if (value instanceof JsonPrimitive primitive && primitive.isString()) return shown(primitive.getAsString());
        String json = value.toString();
        return json.length() > SHOWN ? json.substring(0, SHOWN) + "…" : json;
    }

    private static String text(byte[] payload) throws Refusal {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Refusal(
                    ErrorCode.BAD_PAYLOAD, "payload is not UTF-8 (" + payload.length + " bytes): send JSON in UTF-8");
        }
    }

    /** Looks before the tree is built, so that a deep payload costs no deep stack. */
    private static void requireShallow(String text) throws Refusal {
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '\\') i++;
                else if (c == '"') quoted = false;
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{' || c == '[') {
                if (++depth > MAX_NESTING) {
                    throw new Refusal(
                            ErrorCode.BAD_PAYLOAD,
                            "payload is nested deeper than " + MAX_NESTING + " (at character " + i + ")");
                }
            } else if (c == '}' || c == ']') {
                depth--;
            }
        }
    }

    private static JsonElement read(JsonReader reader) throws IOException, Refusal {
        return switch (reader.peek()) {
            case BEGIN_OBJECT -> object(reader);
            case BEGIN_ARRAY -> array(reader);
            case STRING -> new JsonPrimitive(reader.nextString());
            case NUMBER -> number(reader.nextString());
            case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
            case NULL -> {
                reader.nextNull();
                yield JsonNull.INSTANCE;
            }
            case END_ARRAY, END_OBJECT, NAME, END_DOCUMENT -> throw new MalformedJsonException("no value");
        };
    }

    private static JsonElement number(String digits) throws Refusal {
        if (digits.length() > MAX_DIGITS) {
            throw new Refusal(
                    ErrorCode.BAD_PAYLOAD,
                    "payload has a number of " + digits.length() + " digits, may have " + MAX_DIGITS + " at most");
        }
        return new JsonPrimitive(new BigDecimal(digits));
    }

    private static JsonObject object(JsonReader reader) throws IOException, Refusal {
        var object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
            String key = reader.nextName();
            if (object.has(key)) {
                throw new Refusal(
                        ErrorCode.BAD_PAYLOAD, "payload has the key " + shown(key) + " twice: each key may stand once");
            }
            object.add(key, read(reader));
        }
        reader.endObject();
        return object;
    }

    private static JsonArray array(JsonReader reader) throws IOException, Refusal {
        var array = new JsonArray();
        reader.beginArray();
        while (reader.hasNext()) array.add(read(reader));
        reader.endArray();
        return array;
    }

    private static Refusal bad(String what, String text) {
        return new Refusal(
                ErrorCode.BAD_PAYLOAD,
                what + ": send nothing, or one object as in {\"wait\":false}; was " + shown(text));
    }

    private static String position(Exception e) {
        Matcher matcher = POSITION.matcher(String.valueOf(e.getMessage()));
        return matcher.find() ? " (line " + matcher.group(1) + ", column " + matcher.group(2) + ")" : "";
    }
}
