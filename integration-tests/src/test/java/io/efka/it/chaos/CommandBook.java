package io.efka.it.chaos;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every reply that came, by the id of its command. The same command has to be given the same reply, on a full disk as well.
 * Thread-safe.
 */
final class CommandBook {
    /** With these the agent may not have taken the command: then, sent again, it is done. */
    private static final Set<String> NOT_TAKEN = Set.of("busy", "disk_full");

    /** These look anew each time they are asked. */
    private static final Set<String> QUERIES = Set.of("logs", "ping", "releases");

    private final Map<String, JsonObject> replies = new HashMap<>();
    private final Notes notes;

    CommandBook(Notes notes) {
        this.notes = notes;
    }

    synchronized void reply(String text) {
        JsonObject reply = JsonParser.parseString(text).getAsJsonObject();
        JsonElement id = reply.get("id");
        if (id == null || id.isJsonNull()) {
            notes.passed(Verdict.FALSE_REPLIES, "a reply without an id: " + text);
            return;
        }
        JsonObject first = replies.get(id.getAsString());
        if (first == null || !isTaken(first)) {
            replies.put(id.getAsString(), reply);
        } else if (isTaken(reply)) {
            notes.seen("replies that came again", 1);
            if (!isQuery(reply) && !first.equals(reply))
                notes.passed(Verdict.FALSE_REPLIES, "first " + first + ", then " + text);
        }
    }

    synchronized Optional<JsonObject> find(String id) {
        return Optional.ofNullable(replies.get(id));
    }

    /** Another reply to it is wanted. */
    synchronized void forget(String id) {
        replies.remove(id);
    }

    private static boolean isQuery(JsonObject reply) {
        return QUERIES.contains(reply.get("command").getAsString());
    }

    /** Whether the reply is the last word on its command. */
    static boolean isTaken(JsonObject reply) {
        return !NOT_TAKEN.contains(code(reply));
    }

    /** The error code; empty for a success. */
    static String code(JsonObject reply) {
        if (reply.get("ok").getAsBoolean()) return "";
        return reply.getAsJsonObject("error").get("code").getAsString();
    }
}
