package io.efka.fleet.desired;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.protocol.json.JsonExcerpt;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/** What differs between two JSON objects, key by key. */
public final class DocumentDiff {
    private static final int MAX_VALUE = 200;

    /** Each of them has a line, also where there is no document yet. */
    private static final String SERVICES = "services";

    private DocumentDiff() {}

    /**
     * One difference.
     *
     * @param sign {@code +}, {@code -} or {@code ~}
     * @param path {@code services.camera.release}
     * @param text the value, or both
     */
    public record Line(char sign, String path, String text) {
        @Override
        public String toString() {
            return sign + " " + path + "  " + text;
        }
    }

    /** In the order of the keys. An object that both have is compared within. */
    public static List<Line> of(JsonObject before, JsonObject after) {
        var lines = new ArrayList<Line>();
        compare("", before, after, lines);
        return lines;
    }

    private static void compare(String path, JsonObject before, JsonObject after, List<Line> lines) {
        var keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (String key : keys) {
            String at = path + key;
            if (at.equals(SERVICES)) {
                compare(at + ".", object(before, key), object(after, key), lines);
            } else if (!before.has(key)) {
                lines.add(new Line('+', at, text(after.get(key))));
            } else if (!after.has(key)) {
                lines.add(new Line('-', at, text(before.get(key))));
            } else if (before.get(key) instanceof JsonObject one && after.get(key) instanceof JsonObject other) {
                compare(at + ".", one, other, lines);
            } else if (!Objects.equals(before.get(key), after.get(key))) {
                lines.add(new Line('~', at, text(before.get(key)) + " -> " + text(after.get(key))));
            }
        }
    }

    private static JsonObject object(JsonObject of, String key) {
        return of.get(key) instanceof JsonObject object ? object : new JsonObject();
    }

    private static String text(JsonElement value) {
        return JsonExcerpt.cut(value.toString(), MAX_VALUE);
    }
}
