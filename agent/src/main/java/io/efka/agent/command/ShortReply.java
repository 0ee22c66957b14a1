package io.efka.agent.command;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.mqtt.LinkException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.json.JsonExcerpt;
import java.util.List;

/** What is sent when the broker does not take a reply as it is. */
final class ShortReply {
    private static final List<String> CORE =
            List.of("v", "id", "device", "service", "command", "ok", "state", "pid", "took_ms");
    private static final int MAX_MESSAGE = 200;

    private ShortReply() {}

    /** @param bytes of the reply */
    record Problem(LinkException failure, int bytes, String topic) {
        boolean isTooLarge() {
            return failure.kind() == LinkException.Kind.TOO_LARGE;
        }

        private ErrorCode code() {
            return isTooLarge() ? ErrorCode.REPLY_TOO_LARGE : ErrorCode.REPLY_REFUSED;
        }

        private String message() {
            String what = isTooLarge()
                    ? "the reply of " + bytes + " bytes is too large for the broker: "
                    : "the reply could not be sent to " + JsonExcerpt.cut(topic, MAX_MESSAGE) + ": ";
            return what + failure.getMessage();
        }
    }

    /** The command did what it did, and the reply says so; what is missing is a warning. */
    static String ofDeed(String reply, Problem problem) {
        JsonObject whole = JsonParser.parseString(reply).getAsJsonObject();
        ReplyFields core = ReplyFields.of(whole).only(CORE).and("shortened", true);
        if (whole.get("error") instanceof JsonObject error) core = core.and("error", ReplyFields.of(clipped(error)));
        return core.andWarnings(List.of(problem.message())).text();
    }

    /** A query without its result has failed. */
    static String ofQuery(String reply, Problem problem) {
        JsonObject whole = JsonParser.parseString(reply).getAsJsonObject();
        if (whole.has("error")) return ofDeed(reply, problem);
        return ReplyFields.of(whole)
                .only(CORE)
                .and("ok", false)
                .and(
                        "error",
                        ReplyCodec.error(new CommandResult.Failed(problem.code(), problem.message(), ReplyFields.NONE)))
                .text();
    }

    private static JsonObject clipped(JsonObject error) {
        JsonObject brief = error.deepCopy();
        brief.addProperty("message", JsonExcerpt.cut(error.get("message").getAsString(), MAX_MESSAGE));
        return brief;
    }
}
