package io.efka.fleet.desired;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.json.StrictJson.NotJsonException;
import io.efka.protocol.json.Utf8;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds in a document what devices would refuse, before it is sent. A test compares it with what the agent refuses. What only a device can
 * know, such as whether a release is stored there, is left to it.
 */
public final class DocumentCheck {
    /** As devices have it. */
    public static final int MAX_BYTES = 256 * 1024;

    /** So that a revision is the same number in every language that reads JSON. */
    public static final long MAX_REVISION = (1L << 53) - 1;

    private static final Duration MAX_SPLAY = Duration.ofDays(1);
    private static final int MAX_SALT = 128;
    private static final Set<String> KEYS = Set.of(
            "v",
            "revision",
            "removed",
            "services",
            "candidate",
            "on_failure",
            "splay",
            "not_before",
            "window",
            "expires_at");
    private static final Pattern SHARE = Pattern.compile("\\d{1,3}(\\.\\d{1,17})?");
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm").withResolverStyle(ResolverStyle.STRICT);

    private DocumentCheck() {}

    /**
     * The one object that the bytes are.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public static JsonObject read(byte[] payload) {
        if (payload.length > MAX_BYTES) throw tooLarge(payload.length);
        String text = Utf8.decode(payload).orElseThrow(() -> new IllegalArgumentException("must be UTF-8"));
        try {
            StrictJson.Document read = StrictJson.parse(text);
            if (!read.duplicates().isEmpty()) {
                throw new IllegalArgumentException("must have every key once, has twice: "
                        + JsonExcerpt.of(read.duplicates().get(0)));
            }
            if (read.root() instanceof JsonObject object) return object;
            throw new IllegalArgumentException("must be a JSON object");
        } catch (NotJsonException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static IllegalArgumentException tooLarge(int bytes) {
        return new IllegalArgumentException("a document may have " + MAX_BYTES + " bytes, this one has " + bytes
                + ": bring larger files as an artifact");
    }

    /**
     * Checks a document as it is to be sent.
     *
     * @throws IllegalArgumentException naming the key, its value and what would be right
     */
    public static void require(JsonObject json, int bytes) {
        if (bytes > MAX_BYTES) throw tooLarge(bytes);
        if (json.has("signed")) {
            throw new IllegalArgumentException("is signed, and devices cannot check signatures: publish it unsigned");
        }
        var document = new Fields("", json);
        if (document.whole("v", 1, Integer.MAX_VALUE).orElse(0) != 1) {
            throw document.wrong("v", "1, the version that devices know");
        }
        document.requireKnown(KEYS);
        if (document.whole("revision", 1, MAX_REVISION).isEmpty()) {
            throw document.wrong("revision", "a whole number from 1 on, which grows");
        }
        requireContent(document);
        document.object("candidate").ifPresent(DocumentCheck::requireCandidate);
        document.requireOneOf("on_failure", Set.of("rollback", "each", "keep"), "\"rollback\", \"each\" or \"keep\"");
        document.requireDuration("splay", MAX_SPLAY, "a duration of 1d at most");
        document.requireTime("not_before");
        document.requireTime("expires_at");
        document.object("window").ifPresent(DocumentCheck::requireWindow);
    }

    private static void requireContent(Fields document) {
        if (!document.flag("removed", false)) {
            if (!document.has("services")) {
                throw document.wrong(
                        "services", "an object by service id, as in {\"camera\":{\"desired\":\"running\"}}");
            }
            document.object("services").ifPresent(EntryCheck::requireAll);
            return;
        }
        for (String key : Set.of("services", "candidate")) {
            if (document.has(key)) throw document.wrong(key, "left out where removed is true");
        }
    }

    private static void requireCandidate(Fields candidate) {
        candidate.requireKnown(Set.of("share", "salt", "services", "plan"));
        String salt = candidate
                .text("salt")
                .orElseThrow(() -> candidate.wrong("salt", "a text that mixes the fleet, such as \"camera-1.5.0\""));
        if (salt.length() > MAX_SALT) throw candidate.wrong("salt", "at most " + MAX_SALT + " characters");
        candidate.object("services").ifPresent(EntryCheck::requireAll);
        boolean isShare = candidate.any("share").orElse(null) instanceof JsonPrimitive share
                && share.isNumber()
                && SHARE.matcher(share.getAsString()).matches()
                && share.getAsDouble() <= 100;
        if (!isShare) throw candidate.wrong("share", "a number from 0 to 100, the percentage of devices");
    }

    private static void requireWindow(Fields window) {
        window.requireKnown(Set.of("from", "to"));
        if (clock(window, "from").equals(clock(window, "to"))) throw window.wrong("to", "another time than from");
    }

    private static LocalTime clock(Fields window, String key) {
        String right = "a local time from \"00:00\" to \"23:59\"";
        try {
            return LocalTime.parse(window.text(key).orElseThrow(() -> window.wrong(key, right)), CLOCK);
        } catch (DateTimeException e) {
            throw window.wrong(key, right);
        }
    }
}
