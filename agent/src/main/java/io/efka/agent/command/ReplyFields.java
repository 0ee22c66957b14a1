package io.efka.agent.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.Fault;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Keys and values of a reply, in the order in which they were given. Immutable. */
public final class ReplyFields {
    public static final ReplyFields NONE = new ReplyFields(new JsonObject());

    private final JsonObject object;

    private ReplyFields(JsonObject object) {
        this.object = object;
    }

    /** @param document not changed by anybody from now on */
    public static ReplyFields of(JsonObject document) {
        return new ReplyFields(document);
    }

    public ReplyFields and(String key, String value) {
        return and(key, new JsonPrimitive(value));
    }

    public ReplyFields and(String key, long value) {
        return and(key, new JsonPrimitive(value));
    }

    public ReplyFields and(String key, boolean value) {
        return and(key, new JsonPrimitive(value));
    }

    public ReplyFields and(String key, ReplyFields value) {
        return and(key, value.object);
    }

    public ReplyFields and(String key, Collection<ReplyFields> values) {
        var array = new JsonArray();
        values.forEach(value -> array.add(value.object));
        return and(key, array);
    }

    ReplyFields andFaults(List<Fault> faults) {
        if (faults.isEmpty()) return this;
        return and("faults", faults.stream().map(ReplyFields::of).toList());
    }

    /** These sentences, behind those that are there. */
    ReplyFields andWarnings(List<String> warnings) {
        if (warnings.isEmpty()) return this;
        JsonArray all =
                object.has("warnings") ? object.getAsJsonArray("warnings").deepCopy() : new JsonArray();
        warnings.forEach(all::add);
        return and("warnings", all);
    }

    /** All of {@code others}, but for keys that are here. */
    public ReplyFields andAll(ReplyFields others) {
        JsonObject more = object.deepCopy();
        others.object.entrySet().stream()
                .filter(field -> !more.has(field.getKey()))
                .forEach(field -> more.add(field.getKey(), field.getValue()));
        return new ReplyFields(more);
    }

    /** Those of {@code keys} that are here. */
    ReplyFields only(List<String> keys) {
        var some = new JsonObject();
        keys.stream().filter(object::has).forEach(key -> some.add(key, object.get(key)));
        return new ReplyFields(some);
    }

    /** Each value as JSON. */
    Map<String, ?> asMap() {
        return object.asMap();
    }

    /** As JSON. */
    String text() {
        return object.toString();
    }

    private static ReplyFields of(Fault fault) {
        return NONE.and("key", fault.key()).and("value", fault.value()).and("expected", fault.expected());
    }

    private ReplyFields and(String key, JsonElement value) {
        // Shallow: what is inside is never changed again.
        var more = new JsonObject();
        object.entrySet().forEach(field -> more.add(field.getKey(), field.getValue()));
        more.add(key, value);
        return new ReplyFields(more);
    }
}
