package io.efka.agent.main;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.efka.protocol.Fault;
import io.efka.protocol.Spelling;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Settings as a JSON file: one object whose keys are the flags with {@code _} for {@code -}. It is read strictly: a
 * setting that is silently ignored is noticed too late.
 *
 * @param keys every key in the file, known or not
 */
record ConfigFile(Map<Setting, String> values, List<String> keys, List<Fault> faults) {
    /** No file at all. */
    static final ConfigFile NONE = new ConfigFile(Map.of(), List.of(), List.of());

    ConfigFile {
        values = Map.copyOf(values);
        keys = List.copyOf(keys);
        faults = List.copyOf(faults);
    }

    /** Reads {@code json}. What is wrong becomes a fault; the rest is read all the same. */
    static ConfigFile parse(String json) {
        return new Parser(json).parse();
    }

    /** Every key that a config file may have. */
    static List<String> knownKeys() {
        return Arrays.stream(Setting.values()).map(Setting::key).toList();
    }

    /** The setting with this key. */
    private static Optional<Setting> settingOf(String key) {
        return Arrays.stream(Setting.values()).filter(s -> s.key().equals(key)).findFirst();
    }

    private static final class Parser {
        private final JsonReader reader;
        private final Map<Setting, String> values = new EnumMap<>(Setting.class);
        private final List<String> keys = new ArrayList<>();
        private final List<Fault> faults = new ArrayList<>();

        Parser(String json) {
            reader = new JsonReader(new StringReader(json));
            reader.setStrictness(Strictness.STRICT);
        }

        ConfigFile parse() {
            try {
                if (reader.peek() == JsonToken.BEGIN_OBJECT) {
                    object();
                } else {
                    faults.add(new Fault("file", kind(reader.peek()), "must be one JSON object"));
                }
            } catch (MalformedJsonException | EOFException e) {
                faults.add(new Fault(
                        "file", "wrong near " + position(), "must be JSON (no comments, no trailing commas)"));
            } catch (IOException e) {
                throw new IllegalStateException("reading from memory cannot fail", e);
            }
            return new ConfigFile(values, keys, faults);
        }

        private void object() throws IOException {
            reader.beginObject();
            while (reader.hasNext()) member(reader.nextName());
            reader.endObject();
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                faults.add(new Fault("file", "more after it", "must be one JSON object"));
            }
        }

        private void member(String key) throws IOException {
            boolean again = keys.contains(key);
            keys.add(key);
            Optional<Setting> setting = settingOf(key);
            if (setting.isEmpty()) {
                reader.skipValue();
                faults.add(new Fault(key, "an unknown key", expectedInsteadOf(key)));
            } else if (again) {
                reader.skipValue();
                faults.add(new Fault(key, "there again", "must be there once"));
            } else {
                value(setting.get());
            }
        }

        private void value(Setting setting) throws IOException {
            JsonToken token = reader.peek();
            if (token == JsonToken.STRING || (token == JsonToken.NUMBER && isNumber(setting.shape()))) {
                values.put(setting, reader.nextString());
            } else if (token == JsonToken.BOOLEAN && setting.shape() == Setting.Shape.FLAG) {
                values.put(setting, Boolean.toString(reader.nextBoolean()));
            } else if (token == JsonToken.BEGIN_ARRAY && setting.shape() == Setting.Shape.LIST) {
                list(setting);
            } else {
                reader.skipValue();
                faults.add(new Fault(setting.key(), kind(token), "must be " + shape(setting)));
            }
        }

        private static boolean isNumber(Setting.Shape shape) {
            return shape == Setting.Shape.NUMBER || shape == Setting.Shape.SIZE;
        }

        private void list(Setting setting) throws IOException {
            var items = new ArrayList<String>();
            boolean clean = true;
            reader.beginArray();
            while (reader.hasNext()) {
                if (reader.peek() == JsonToken.STRING) {
                    items.add(reader.nextString());
                } else {
                    reader.skipValue();
                    clean = false;
                }
            }
            reader.endArray();
            if (clean) {
                values.put(setting, String.join(",", items));
            } else {
                faults.add(new Fault(setting.key(), "a list of other things", "must be " + shape(setting)));
            }
        }

        /** Gson tells the position only within a message: {@code … at line 3 column 5 path $.broker}. */
        private String position() {
            String text = reader.toString();
            int at = text.indexOf("line ");
            return at < 0 ? reader.getPath() : text.substring(at);
        }

        private static String expectedInsteadOf(String key) {
            return Spelling.closest(key, knownKeys())
                    .map(close -> "must be a setting (did you mean \"" + close + "\"?)")
                    .orElse("must be a setting (efka run --help lists them)");
        }

        private static String shape(Setting setting) {
            return switch (setting.shape()) {
                case TEXT -> "a string";
                case LIST -> "a list of strings, or a string";
                case NUMBER -> "a number";
                case SIZE -> "a size such as \"1GiB\", or a number of bytes";
                case FLAG -> "true or false";
            };
        }

        private static String kind(JsonToken token) {
            return switch (token) {
                case BEGIN_ARRAY, END_ARRAY -> "a list";
                case BEGIN_OBJECT, END_OBJECT, NAME -> "an object";
                case STRING -> "a string";
                case NUMBER -> "a number";
                case BOOLEAN -> "true or false";
                case NULL -> "null";
                case END_DOCUMENT -> "empty";
            };
        }
    }
}
