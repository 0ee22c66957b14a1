package io.efka.protocol.json;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;

/** Shows a value in a message: on one line, of bounded length, in quotes if it is text. */
public final class JsonExcerpt {
    private static final int MAX_CHARACTERS = 80;

    private JsonExcerpt() {}

    public static String of(String text) {
        return new JsonPrimitive(cut(text, MAX_CHARACTERS)).toString();
    }

    public static String of(JsonElement value) {
        if (value instanceof JsonPrimitive primitive && primitive.isString()) return of(primitive.getAsString());
        return cut(value.toString(), MAX_CHARACTERS);
    }

    /** The first {@code most} characters of a text, and an ellipsis if there are more. */
    public static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most) + "…";
    }
}
