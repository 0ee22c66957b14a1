package io.efka.protocol.json;

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
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses JSON as RFC 8259 has it, and nothing else: no comments, no {@code NaN}, no second value behind the first.
 * Nesting is bounded while parsing, so that no input can overflow the stack; so are the digits of a number, since reading many takes long.
 */
public final class StrictJson {
    private static final int MAX_KEY = 64;

    /** As the protocol allows for payloads; a manifest needs three. */
    public static final int MAX_DEPTH = 64;

    /** Far more than anything needs, and few enough that reading them costs nothing. */
    static final int MAX_DIGITS = 64;

    /** Each has a path of up to 4 KiB: all keys of a large text would not fit into a small heap. */
    static final int MAX_DUPLICATES = 16;

    private static final Pattern POSITION = Pattern.compile("at (line \\d+ column \\d+)");

    private final JsonReader reader;
    private final List<String> duplicates = new ArrayList<>();

    private final int maxDigits;

    private StrictJson(String text, int maxDigits) {
        this.maxDigits = maxDigits;
        reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
    }

    /**
     * Parses the one value that {@code text} is.
     *
     * @throws NotJsonException saying where it stops being JSON, or that it is nested too deeply
     */
    public static Document parse(String text) throws NotJsonException {
        return parse(text, MAX_DIGITS);
    }

    /**
     * Parses the one value that {@code text} is.
     *
     * @param maxDigits how long a number may be; no limit is right only for whoever passes numbers on unread
     * @throws NotJsonException as {@link #parse(String)}
     */
    public static Document parse(String text, int maxDigits) throws NotJsonException {
        return new StrictJson(text, maxDigits).document();
    }

    /** The path of a key below another one: {@code restart.delay}. Keys longer than any known one are cut: the sender knows them. */
    public static String keyPath(String path, String key) {
        String shown = JsonExcerpt.cut(key, MAX_KEY);
        return path.isEmpty() ? shown : path + "." + shown;
    }

    private Document document() throws NotJsonException {
        try {
            JsonElement root = value("", 1);
            if (reader.peek() != JsonToken.END_DOCUMENT) throw new NotJsonException("must end after the first value");
            return new Document(root, duplicates);
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw new NotJsonException("must be JSON, and is " + position(e));
        }
    }

    private JsonElement value(String path, int depth) throws IOException, NotJsonException {
        return switch (reader.peek()) {
            case BEGIN_OBJECT -> object(path, allowed(depth));
            case BEGIN_ARRAY -> array(path, allowed(depth));
            case STRING -> new JsonPrimitive(reader.nextString());
            case NUMBER -> number();
            case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
            case NULL -> {
                reader.nextNull();
                yield JsonNull.INSTANCE;
            }
            case END_ARRAY, END_OBJECT, END_DOCUMENT, NAME ->
                throw new IllegalStateException("no value at " + reader.getPath());
        };
    }

    /** It stays text until somebody asks for its value. */
    private JsonPrimitive number() throws IOException, NotJsonException {
        Number number = ToNumberPolicy.LAZILY_PARSED_NUMBER.readNumber(reader);
        int digits = number.toString().length();
        if (digits > maxDigits) {
            throw new NotJsonException(
                    "must not have a number of more than " + maxDigits + " digits, has one of " + digits);
        }
        return new JsonPrimitive(number);
    }

    private static int allowed(int depth) throws NotJsonException {
        if (depth > MAX_DEPTH) throw new NotJsonException("must not be nested deeper than " + MAX_DEPTH);
        return depth;
    }

    private JsonObject object(String path, int depth) throws IOException, NotJsonException {
        var object = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
            String name = reader.nextName();
            String key = keyPath(path, name);
            if (object.has(name) && duplicates.size() < MAX_DUPLICATES) duplicates.add(key);
            object.add(name, value(key, depth + 1));
        }
        reader.endObject();
        return object;
    }

    private JsonArray array(String path, int depth) throws IOException, NotJsonException {
        var array = new JsonArray();
        reader.beginArray();
        while (reader.hasNext()) array.add(value(path + "[" + array.size() + "]", depth + 1));
        reader.endArray();
        return array;
    }

    /** Gson's own messages advise on how to program it; only the position helps who wrote the text. */
    private static String position(Exception e) {
        Matcher found = POSITION.matcher(String.valueOf(e.getMessage()));
        return found.find() ? "wrong at " + found.group(1) : "not";
    }

    /**
     * What was parsed.
     *
     * @param duplicates paths of the first 16 keys that are there more than once in their object; the last one is in {@code root}
     */
    public record Document(JsonElement root, List<String> duplicates) {
        public Document {
            duplicates = List.copyOf(duplicates);
        }
    }

    /** The text is not one JSON value; the message says what it must be. */
    public static final class NotJsonException extends Exception {
        private static final long serialVersionUID = 1L;

        NotJsonException(String expected) {
            super(expected);
        }
    }
}
