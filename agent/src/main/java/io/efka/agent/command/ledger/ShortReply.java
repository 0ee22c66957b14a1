package io.efka.agent.command.ledger;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.mqtt.LinkException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.json.JsonExcerpt;
import java.util.List;

/** Replies without their details, for a broker that refuses the whole reply and for the limit of the ledger. */
public final class ShortReply {
    /** In characters. The ledger keeps no larger reply: 1,000 of them must not fill a small device's heap. */
    static final int MAX_KEPT = 16 * 1024;

    private static final List<String> CORE =
            List.of("v", "id", "device", "service", "command", "ok", "state", "pid", "took_ms");
    private static final int MAX_SENT_MESSAGE = 200;
    private static final int MAX_KEPT_MESSAGE = 1000;

    private ShortReply() {}

    /**
     * Why the broker refused a reply.
     *
     * @param bytes the reply's size
     */
    public record Problem(LinkException failure, int bytes, String topic) {
        public boolean isTooLarge() {
            return failure.kind() == LinkException.Kind.TOO_LARGE;
        }

        private ErrorCode code() {
            return isTooLarge() ? ErrorCode.REPLY_TOO_LARGE : ErrorCode.REPLY_REFUSED;
        }

        private String message() {
            String what = isTooLarge()
                    ? "the reply of " + bytes + " bytes is too large for the broker: "
                    : "the reply could not be sent to " + JsonExcerpt.cut(topic, MAX_SENT_MESSAGE) + ": ";
            return what + failure.getMessage();
        }
    }

    /** The reply as the ledger keeps it: itself, or shortened if it is too large. */
    static String kept(String reply) {
        if (reply.length() <= MAX_KEPT) return reply;
        JsonObject whole = parse(reply);
        JsonObject core = core(whole);
        addError(core, whole, MAX_KEPT_MESSAGE);
        core.addProperty("shortened", true);
        return core.toString();
    }

    /** The reply to a command that changed something: what it did, and a warning that the details are missing. */
    public static String ofDeed(String reply, Problem problem) {
        JsonObject whole = parse(reply);
        JsonObject core = core(whole);
        core.addProperty("shortened", true);
        addError(core, whole, MAX_SENT_MESSAGE);
        var warnings = new JsonArray();
        warnings.add(problem.message());
        core.add("warnings", warnings);
        return core.toString();
    }

    /** The reply to a query: without its result it has failed. */
    public static String ofQuery(String reply, Problem problem) {
        JsonObject whole = parse(reply);
        if (whole.has("error")) return ofDeed(reply, problem);
        JsonObject core = core(whole);
        core.addProperty("ok", false);
        var error = new JsonObject();
        error.addProperty("code", problem.code().word());
        error.addProperty("message", problem.message());
        core.add("error", error);
        return core.toString();
    }

    private static JsonObject parse(String reply) {
        return JsonParser.parseString(reply).getAsJsonObject();
    }

    private static JsonObject core(JsonObject whole) {
        var core = new JsonObject();
        CORE.stream().filter(whole::has).forEach(key -> core.add(key, whole.get(key)));
        return core;
    }

    private static void addError(JsonObject core, JsonObject whole, int maxMessage) {
        if (!(whole.get("error") instanceof JsonObject error)) return;
        JsonObject brief = error.deepCopy();
        brief.addProperty("message", JsonExcerpt.cut(error.get("message").getAsString(), maxMessage));
        core.add("error", brief);
    }
}
