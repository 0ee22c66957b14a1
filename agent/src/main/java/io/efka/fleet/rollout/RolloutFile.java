package io.efka.fleet.rollout;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.Names;
import io.efka.protocol.Spelling;
import io.efka.protocol.json.JsonExcerpt;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an operator's file says: the services to be rolled out, as a desired document has them. Whether a device can carry the entries out
 * is for the device to say.
 *
 * @param services by service id, at least one; read-only
 * @param others keys that the document gets as well, such as {@code window}; read-only
 */
record RolloutFile(JsonObject services, JsonObject others) {
    private static final List<String> OTHERS = List.of("on_failure", "splay", "not_before", "window", "expires_at");
    private static final List<String> KNOWN =
            List.of("services", "on_failure", "splay", "not_before", "window", "expires_at");
    private static final Set<String> BRINGS_RELEASE = Set.of("artifact", "manifest", "release");
    private static final Set<String> OF_THE_ROLLOUT = Set.of("revision", "candidate", "removed");

    RolloutFile {
        services = services.deepCopy();
        others = others.deepCopy();
    }

    /** @throws IllegalArgumentException naming the key, its value and what would be right */
    static RolloutFile parse(String text) {
        JsonObject json = GroupDocument.object(text);
        var others = new JsonObject();
        for (Map.Entry<String, JsonElement> entry : json.entrySet()) {
            String key = entry.getKey();
            if (key.equals("services")) continue;
            if (key.equals("v")) requireVersion(entry.getValue());
            else if (OTHERS.contains(key)) others.add(key, entry.getValue());
            else throw unknown(key, entry.getValue());
        }
        return new RolloutFile(services(json), others);
    }

    /** With these arguments in each entry that brings a release and does not have them itself. */
    RolloutFile deployedWith(Map<String, String> arguments) {
        JsonObject entries = services.deepCopy();
        for (Map.Entry<String, JsonElement> entry : entries.entrySet()) {
            JsonObject service = entry.getValue().getAsJsonObject();
            if (BRINGS_RELEASE.stream().noneMatch(service::has)) continue;
            arguments.forEach((key, value) -> {
                if (!service.has(key)) service.addProperty(key, value);
            });
        }
        return new RolloutFile(entries, others);
    }

    private static void requireVersion(JsonElement version) {
        if (version instanceof JsonPrimitive number && number.getAsString().equals("1")) return;
        throw new IllegalArgumentException("v must be 1, was " + JsonExcerpt.of(version));
    }

    private static IllegalArgumentException unknown(String key, JsonElement value) {
        String why = OF_THE_ROLLOUT.contains(key)
                ? "must be left out, since the rollout sets it; was " + JsonExcerpt.of(value)
                : "must be left out: it is unknown" + Spelling.hint(key, KNOWN);
        return new IllegalArgumentException(JsonExcerpt.cut(key, 64) + " " + why);
    }

    private static JsonObject services(JsonObject json) {
        String right = "services must be an object by service id with at least one entry, "
                + "as in {\"camera\":{\"release\":\"1.5.0\",\"artifact\":{…}}}";
        if (!(json.get("services") instanceof JsonObject services) || services.size() == 0) {
            throw new IllegalArgumentException(right);
        }
        for (Map.Entry<String, JsonElement> entry : services.entrySet()) {
            Names.requireLegal("service id", entry.getKey());
            if (!(entry.getValue() instanceof JsonObject)) {
                throw new IllegalArgumentException(
                        "services." + entry.getKey() + " must be an object, was " + JsonExcerpt.of(entry.getValue()));
            }
        }
        return services;
    }
}
