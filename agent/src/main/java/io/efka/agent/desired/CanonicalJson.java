package io.efka.agent.desired;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.protocol.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/** JSON with sorted keys: two texts that say the same are equal, however they were written. */
final class CanonicalJson {
    private CanonicalJson() {}

    static Sha256 digest(JsonElement value) {
        return Sha256.of(of(value).toString().getBytes(StandardCharsets.UTF_8));
    }

    private static JsonElement of(JsonElement value) {
        if (value instanceof JsonArray array) {
            var sorted = new JsonArray();
            array.forEach(element -> sorted.add(of(element)));
            return sorted;
        }
        if (value instanceof JsonObject object) {
            var sorted = new JsonObject();
            new TreeMap<>(object.asMap()).forEach((key, inner) -> sorted.add(key, of(inner)));
            return sorted;
        }
        return value;
    }
}
