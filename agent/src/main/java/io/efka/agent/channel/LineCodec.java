package io.efka.agent.channel;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.Names;
import io.efka.protocol.Until;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.json.Utf8;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Decodes the lines of services. Ignores unknown keys; for a bad line the exception says what would be right. */
final class LineCodec {
    /** The most that one {@code alive} can ask for. */
    private static final Duration MAX_EXTENSION = Duration.ofHours(1);

    /** Characters of a string that is not a value, such as an id. */
    private static final int MAX_TEXT = 256;

    private static final Map<String, Decoder> DECODERS = Map.of(
            "attach", LineCodec::attach,
            "ready", line -> new ServiceLine.Ready(),
            "alive", LineCodec::alive,
            "data", LineCodec::data,
            "event", LineCodec::report,
            "result", LineCodec::result,
            "hold", LineCodec::hold,
            "release_hold", line -> new ServiceLine.ReleaseHold());

    private interface Decoder {
        ServiceLine decode(JsonObject line) throws BadLineException;
    }

    /** A line that the channel's protocol does not allow; the message says what would be right. */
    static final class BadLineException extends Exception {
        private static final long serialVersionUID = 1L;

        BadLineException(String message) {
            super(message);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    private LineCodec() {}

    static ServiceLine decode(byte[] line) throws BadLineException {
        JsonObject json = object(line);
        String type = text(json, "type");
        Decoder decoder = DECODERS.get(type);
        if (decoder == null) {
            throw new BadLineException(
                    "type must be attach, ready, alive, data, event, result, hold or release_hold, was "
                            + JsonExcerpt.of(type));
        }
        return decoder.decode(json);
    }

    private static JsonObject object(byte[] line) throws BadLineException {
        String text = Utf8.decode(line).orElseThrow(() -> new BadLineException("a line must be UTF-8"));
        try {
            // The agent passes numbers on as text, so they may have any number of digits.
            StrictJson.Document document = StrictJson.parse(text, Integer.MAX_VALUE);
            if (!document.duplicates().isEmpty()) {
                String key = JsonExcerpt.of(document.duplicates().get(0));
                throw new BadLineException("the key " + key + " appears twice");
            }
            if (document.root() instanceof JsonObject object) return object;
            throw new BadLineException("a line must be a JSON object, was " + JsonExcerpt.of(text));
        } catch (StrictJson.NotJsonException e) {
            throw new BadLineException("a line must be one JSON object in UTF-8, nested " + StrictJson.MAX_DEPTH
                    + " deep at most, was " + JsonExcerpt.of(text));
        }
    }

    private static ServiceLine attach(JsonObject line) throws BadLineException {
        return new ServiceLine.Attach(text(line, "service"), text(line, "token"));
    }

    private static ServiceLine alive(JsonObject line) throws BadLineException {
        if (!line.has("extend_ms")) return new ServiceLine.Alive(Optional.empty());
        long most = MAX_EXTENSION.toMillis();
        if (line.get("extend_ms") instanceof JsonPrimitive number && number.isNumber()) {
            double asked = number.getAsDouble();
            if (asked >= 0 && asked <= most) return new ServiceLine.Alive(Optional.of(Duration.ofMillis((long) asked)));
        }
        throw wrong(line, "extend_ms", "milliseconds, 0 to " + most);
    }

    private static ServiceLine data(JsonObject line) throws BadLineException {
        String name = text(line, "name");
        if (!Names.isLegal(name)) throw wrong(line, "name", "1-64 of A-Z a-z 0-9 . _ -, not starting with . or -");
        JsonElement value = line.get("value");
        if (value == null) throw new BadLineException("value is missing: it must be what to publish, any JSON value");
        return new ServiceLine.Data(name, value, flag(line, "retain"));
    }

    private static ServiceLine report(JsonObject line) {
        var content = new JsonObject();
        line.entrySet().stream()
                .filter(field -> !field.getKey().equals("type"))
                .forEach(field -> content.add(field.getKey(), field.getValue()));
        return new ServiceLine.Report(content);
    }

    private static ServiceLine result(JsonObject line) throws BadLineException {
        JsonElement value = line.has("value") ? line.get("value") : JsonNull.INSTANCE;
        String id = text(line, "id");
        if (!line.has("error") || line.get("error").isJsonNull()) {
            return new ServiceLine.Result(id, value, Optional.empty());
        }
        JsonElement error = line.get("error");
        boolean isText = error instanceof JsonPrimitive primitive && primitive.isString();
        return new ServiceLine.Result(id, value, Optional.of(isText ? error.getAsString() : error.toString()));
    }

    private static ServiceLine hold(JsonObject line) throws BadLineException {
        String reason = text(line, "reason");
        if (reason.isBlank()) throw wrong(line, "reason", "why the service must not be stopped now");
        if (!line.has("until")) return new ServiceLine.Hold(reason, Optional.empty());
        Optional<Until> until = Until.parse(text(line, "until"));
        if (until.isEmpty()) throw wrong(line, "until", Until.EXAMPLES);
        return new ServiceLine.Hold(reason, until);
    }

    private static String text(JsonObject line, String key) throws BadLineException {
        if (line.get(key) instanceof JsonPrimitive primitive
                && primitive.isString()
                && primitive.getAsString().length() <= MAX_TEXT) {
            return primitive.getAsString();
        }
        throw wrong(line, key, "a string of " + MAX_TEXT + " characters at most");
    }

    private static boolean flag(JsonObject line, String key) throws BadLineException {
        if (!line.has(key)) return false;
        if (line.get(key) instanceof JsonPrimitive primitive && primitive.isBoolean()) return primitive.getAsBoolean();
        throw wrong(line, key, "true or false");
    }

    private static BadLineException wrong(JsonObject line, String key, String expected) {
        JsonElement value = line.get(key);
        String was = value == null ? "missing" : JsonExcerpt.of(value);
        return new BadLineException(key + " must be " + expected + ", was " + was);
    }
}
