package io.efka.agent.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Writes replies as they stand in the protocol document. */
final class ReplyCodec {
    /** The ledger keeps no reply larger than this: 1,000 of them must not fill a small device's heap. */
    static final int MAX_KEPT = 16 * 1024;

    private static final int MAX_KEPT_MESSAGE = 1000;

    private final String device;

    ReplyCodec(String device) {
        this.device = device;
    }

    JsonObject encode(Address address, Answer answer, Instant now) {
        var reply = new JsonObject();
        reply.addProperty("v", 1);
        address.id().ifPresent(id -> reply.addProperty("id", id));
        reply.addProperty("device", device);
        address.service().ifPresent(service -> reply.addProperty("service", service));
        reply.addProperty("command", address.name());
        reply.addProperty("ok", answer instanceof Answer.Done);
        if (answer instanceof Answer.Failed failed) reply.add("error", error(failed));
        for (Map.Entry<String, JsonElement> field : answer.fields().entrySet()) {
            if (!reply.has(field.getKey())) reply.add(field.getKey(), field.getValue());
        }
        // A wall clock that is set back meanwhile makes no negative time of it.
        long took = Math.max(0, Duration.between(address.arrived(), now).toMillis());
        reply.addProperty("took_ms", took);
        return reply;
    }

    /** The reply as the ledger keeps it: itself, or without its details and marked so. */
    static String kept(JsonObject reply) {
        String text = reply.toString();
        if (text.length() <= MAX_KEPT) return text;
        var core = new JsonObject();
        for (String key : new String[] {"v", "id", "device", "service", "command", "ok", "state", "pid", "took_ms"}) {
            if (reply.has(key)) core.add(key, reply.get(key));
        }
        if (reply.has("error")) {
            JsonObject error = reply.getAsJsonObject("error").deepCopy();
            String message = error.get("message").getAsString();
            if (message.length() > MAX_KEPT_MESSAGE) {
                error.addProperty("message", message.substring(0, MAX_KEPT_MESSAGE) + "…");
            }
            core.add("error", error);
        }
        core.addProperty("shortened", true);
        return core.toString();
    }

    static JsonObject error(Answer.Failed failed) {
        var error = new JsonObject();
        error.addProperty("code", failed.code().word());
        error.addProperty("message", failed.message());
        return error;
    }
}
