package io.efka.agent.command.handler;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;

/** A JSON merge patch, RFC 7386. */
final class MergePatch {
    private MergePatch() {}

    /** The patched document; neither argument is changed. */
    static JsonObject apply(JsonObject document, JsonObject patch) {
        JsonObject patched = document.deepCopy();
        for (Map.Entry<String, JsonElement> change : patch.entrySet()) {
            String key = change.getKey();
            if (change.getValue().isJsonNull()) patched.remove(key);
            else patched.add(key, value(patched.get(key), change.getValue()));
        }
        return patched;
    }

    private static JsonElement value(@org.jspecify.annotations.Nullable JsonElement before, JsonElement change) {
        if (!(change instanceof JsonObject patch)) return change.deepCopy();
        return apply(before instanceof JsonObject object ? object : new JsonObject(), patch);
    }
}
