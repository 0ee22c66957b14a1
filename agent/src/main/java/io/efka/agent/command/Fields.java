package io.efka.agent.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.agent.service.Fault;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Keys and values of a reply, in the order in which they were given. Immutable. */
final class Fields {
    static final Fields NONE = new Fields(new JsonObject());

    private final JsonObject object;

    private Fields(JsonObject object) {
        this.object = object;
    }

    /** @param document not changed by anybody from now on */
    static Fields of(JsonObject document) {
        return new Fields(document);
    }

    Fields and(String key, String value) {
        return and(key, new JsonPrimitive(value));
    }

    Fields and(String key, long value) {
        return and(key, new JsonPrimitive(value));
    }

    Fields and(String key, boolean value) {
        return and(key, new JsonPrimitive(value));
    }

    Fields and(String key, Fields value) {
        return and(key, value.object);
    }

    Fields and(String key, Collection<Fields> values) {
        var array = new JsonArray();
        values.forEach(value -> array.add(value.object));
        return and(key, array);
    }

    Fields andFaults(List<Fault> faults) {
        if (faults.isEmpty()) return this;
        return and("faults", faults.stream().map(Fields::of).toList());
    }

    /** These sentences, behind those that are there. */
    Fields andWarnings(List<String> warnings) {
        if (warnings.isEmpty()) return this;
        JsonArray all =
                object.has("warnings") ? object.getAsJsonArray("warnings").deepCopy() : new JsonArray();
        warnings.forEach(all::add);
        return and("warnings", all);
    }

    /** All of {@code others}, but for keys that are here. */
    Fields andAll(Fields others) {
        JsonObject more = object.deepCopy();
        others.object.entrySet().stream()
                .filter(field -> !more.has(field.getKey()))
                .forEach(field -> more.add(field.getKey(), field.getValue()));
        return new Fields(more);
    }

    /** Those of {@code keys} that are here. */
    Fields only(List<String> keys) {
        var some = new JsonObject();
        keys.stream().filter(object::has).forEach(key -> some.add(key, object.get(key)));
        return new Fields(some);
    }

    /** Each value as JSON. */
    Map<String, ?> asMap() {
        return object.asMap();
    }

    /** As JSON. */
    String text() {
        return object.toString();
    }

    private static Fields of(Fault fault) {
        return NONE.and("key", fault.key()).and("value", fault.value()).and("expected", fault.expected());
    }

    private Fields and(String key, JsonElement value) {
        // Shallow: what is inside is never changed again.
        var more = new JsonObject();
        object.entrySet().forEach(field -> more.add(field.getKey(), field.getValue()));
        more.add(key, value);
        return new Fields(more);
    }
}
