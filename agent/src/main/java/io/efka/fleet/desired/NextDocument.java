package io.efka.fleet.desired;

import com.google.gson.JsonObject;
import io.efka.protocol.json.JsonWriter;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is to be published in the place of a document.
 *
 * @param json with its revision
 * @param isUnchanged whether it says what is there already, so that nothing has to be published
 */
public record NextDocument(JsonObject json, long revision, boolean isUnchanged) {
    /**
     * Gives an operator's document its revision. One without a revision, or with that of the present one, gets the next: that is how one is
     * read, changed and put back.
     *
     * @param present what is at the broker; empty if there is none, or it cannot be read
     * @param reported the highest revision that any device reports; devices refuse what is not above it
     * @param asked by the operator
     * @throws IllegalArgumentException saying what is wrong with the document or its revision
     */
    public static NextDocument of(JsonObject file, Optional<JsonObject> present, long reported, OptionalLong asked) {
        var written = new Fields("", file);
        long own = written.whole("revision", 1, DocumentCheck.MAX_REVISION).orElse(0);
        long now = present.map(NextDocument::revision).orElse(0L);
        boolean isSame =
                present.map(NextDocument::content).filter(content(file)::equals).isPresent();
        boolean isAskedFor = asked.isEmpty() || asked.getAsLong() == now;
        if (isSame && isAskedFor && own <= now && reported <= now) return numbered(file, now, true);
        return numbered(file, next(now, reported, own, asked), false);
    }

    private static long next(long now, long reported, long own, OptionalLong asked) {
        long floor = Math.max(now, reported);
        String who = now >= reported ? "the one at the broker" : "which devices report";
        if (asked.isPresent()) {
            if (asked.getAsLong() > floor) return asked.getAsLong();
            throw new IllegalArgumentException(
                    "--revision must be above " + floor + ", " + who + ", was " + asked.getAsLong());
        }
        if (own > floor) return own;
        if (own == now || own == 0) {
            if (floor < DocumentCheck.MAX_REVISION) return floor + 1;
            throw new IllegalArgumentException("there is no revision above " + floor + ": use another name");
        }
        throw new IllegalArgumentException("revision must be above " + floor + ", " + who + ", was " + own
                + ": the file was made from an older one. Get it again, or say --revision " + (floor + 1));
    }

    private static NextDocument numbered(JsonObject file, long revision, boolean isUnchanged) {
        var json = new JsonObject();
        json.add("v", file.has("v") ? file.get("v") : new com.google.gson.JsonPrimitive(1));
        json.addProperty("revision", revision);
        content(file).entrySet().forEach(entry -> json.add(entry.getKey(), entry.getValue()));
        DocumentCheck.require(json, JsonWriter.bytes(json).length);
        return new NextDocument(json, revision, isUnchanged);
    }

    /** All but what numbers it. */
    private static JsonObject content(JsonObject document) {
        JsonObject content = document.deepCopy();
        content.remove("v");
        content.remove("revision");
        return content;
    }

    private static long revision(JsonObject document) {
        return new io.efka.fleet.view.Document(document).number("revision").orElse(0);
    }

    /** The payload. */
    public byte[] payload() {
        return JsonWriter.bytes(json);
    }
}
