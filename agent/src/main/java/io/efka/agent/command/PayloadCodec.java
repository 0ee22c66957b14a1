package io.efka.agent.command;

import com.google.gson.JsonObject;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.json.Utf8;

/** Reads a command's payload: nothing, or one strict JSON object. Every refusal says what would be right. */
public final class PayloadCodec {
    static final int MAX_BYTES = 256 * 1024;

    private PayloadCodec() {}

    /** A blank payload is no arguments: a newline is what {@code echo | mosquitto_pub -s} sends. */
    static JsonObject decode(byte[] payload) throws CommandException {
        if (payload.length > MAX_BYTES) {
            throw new CommandException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "payload has " + payload.length + " bytes, may have " + MAX_BYTES + " at most");
        }
        String text = Utf8.decode(payload)
                .orElseThrow(() -> new CommandException(
                        ErrorCode.BAD_PAYLOAD,
                        "payload is not UTF-8 (" + payload.length + " bytes): send JSON in UTF-8"));
        if (text.isBlank()) return new JsonObject();
        try {
            StrictJson.Document document = StrictJson.parse(withoutMark(text));
            if (!document.duplicates().isEmpty()) {
                String key = JsonExcerpt.of(document.duplicates().get(0));
                throw bad("payload has the key " + key + " twice, and each may stand once", text);
            }
            if (document.root() instanceof JsonObject object) return object;
            throw bad("payload is not a JSON object", text);
        } catch (StrictJson.NotJsonException e) {
            throw bad("payload " + e.getMessage(), text);
        }
    }

    /** Some editors begin a file with a byte order mark; nobody sees it there. */
    private static String withoutMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static CommandException bad(String what, String text) {
        return new CommandException(
                ErrorCode.BAD_PAYLOAD,
                what + ": send nothing, or one object as in {\"wait\":false}; was " + JsonExcerpt.of(text));
    }
}
