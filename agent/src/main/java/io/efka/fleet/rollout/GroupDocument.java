package io.efka.fleet.rollout;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.json.JsonWriter;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.json.StrictJson.NotJsonException;
import io.efka.protocol.json.Utf8;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A desired document of a group, as far as a rollout needs to understand it.
 *
 * @param revision 0: there is no document yet
 * @param services by service id; read-only
 * @param others all keys that stand beside these; read-only
 */
record GroupDocument(long revision, JsonObject services, JsonObject others, Optional<Candidate> candidate) {
    /** What most brokers accept as a packet, and what is sent to every device of the group at every step. */
    static final int MAX_BYTES = 64 * 1024;

    /** There is no document. */
    static final GroupDocument NONE = new GroupDocument(0, new JsonObject(), new JsonObject(), Optional.empty());

    private static final Set<String> OWN_KEYS = Set.of("v", "revision", "services", "candidate", "removed");
    private static final Pattern REVISION = Pattern.compile("[1-9]\\d{0,15}");
    private static final Pattern SHARE = Pattern.compile("\\d{1,3}(\\.\\d{1,17})?");
    private static final String EMPTY_PLAN = "{}";

    GroupDocument {
        services = services.deepCopy();
        others = others.deepCopy();
    }

    /**
     * What a part of the devices gets instead.
     *
     * @param share percent of the devices
     * @param services by service id; read-only
     * @param plan of whoever steers it; empty: of nobody
     */
    record Candidate(BigDecimal share, String salt, JsonObject services, Optional<JsonObject> plan) {
        Candidate {
            services = services.deepCopy();
            plan = plan.map(JsonObject::deepCopy);
        }
    }

    /** @throws IllegalArgumentException saying what is wrong with it */
    static GroupDocument parse(byte[] payload) {
        if (payload.length == 0) return NONE;
        JsonObject json = json(payload);
        if (json.has("signed")) throw new IllegalArgumentException("is signed, and this version cannot sign a new one");
        if (!(json.get("revision") instanceof JsonPrimitive revision && isRevision(revision))) {
            throw wrong(json, "revision", "a whole number from 1 on");
        }
        var others = new JsonObject();
        json.entrySet().stream()
                .filter(entry -> !OWN_KEYS.contains(entry.getKey()))
                .forEach(entry -> others.add(entry.getKey(), entry.getValue()));
        return new GroupDocument(
                revision.getAsLong(),
                object(json, "services").orElseGet(JsonObject::new),
                others,
                object(json, "candidate").map(GroupDocument::candidate));
    }

    private static JsonObject json(byte[] payload) {
        String text = Utf8.decode(payload).orElseThrow(() -> new IllegalArgumentException("is not UTF-8"));
        return object(text);
    }

    /**
     * The one JSON object that {@code text} is.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static JsonObject object(String text) {
        try {
            StrictJson.Document document = StrictJson.parse(text);
            if (!document.duplicates().isEmpty()) {
                throw new IllegalArgumentException("must have every key once, has twice: " + document.duplicates());
            }
            if (document.root() instanceof JsonObject object) return object;
            throw new IllegalArgumentException("must be a JSON object");
        } catch (NotJsonException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static Candidate candidate(JsonObject json) {
        if (!(json.get("share") instanceof JsonPrimitive share
                && share.isNumber()
                && SHARE.matcher(share.getAsString()).matches())) {
            throw wrong(json, "candidate.share", "share", "a number from 0 to 100");
        }
        if (!(json.get("salt") instanceof JsonPrimitive salt && salt.isString())) {
            throw wrong(json, "candidate.salt", "salt", "a text");
        }
        return new Candidate(
                share.getAsBigDecimal(),
                salt.getAsString(),
                object(json, "services").orElseGet(JsonObject::new),
                object(json, "plan").filter(plan -> !plan.toString().equals(EMPTY_PLAN)));
    }

    private static boolean isRevision(JsonPrimitive value) {
        return value.isNumber() && REVISION.matcher(value.getAsString()).matches();
    }

    private static Optional<JsonObject> object(JsonObject json, String key) {
        if (!json.has(key) || json.get(key).isJsonNull()) return Optional.empty();
        if (json.get(key) instanceof JsonObject object) return Optional.of(object);
        throw wrong(json, key, "an object");
    }

    private static IllegalArgumentException wrong(JsonObject json, String key, String right) {
        return wrong(json, key, key, right);
    }

    private static IllegalArgumentException wrong(JsonObject json, String path, String key, String right) {
        String was = json.has(key) ? JsonExcerpt.of(json.get(key)) : "missing";
        return new IllegalArgumentException(path + " must be " + right + ", was " + was);
    }

    GroupDocument with(long nextRevision, JsonObject nextServices, Optional<Candidate> next) {
        return new GroupDocument(nextRevision, nextServices, others, next);
    }

    GroupDocument withOthers(JsonObject next) {
        return new GroupDocument(revision, services, next, candidate);
    }

    /** The payload. */
    byte[] encode() {
        var json = new JsonObject();
        json.addProperty("v", 1);
        json.addProperty("revision", revision);
        json.add("services", services);
        candidate.ifPresent(some -> json.add("candidate", encode(some)));
        others.entrySet().forEach(entry -> json.add(entry.getKey(), entry.getValue()));
        return JsonWriter.bytes(json);
    }

    private static JsonObject encode(Candidate candidate) {
        var json = new JsonObject();
        json.add("share", number(candidate.share()));
        json.addProperty("salt", candidate.salt());
        json.add("services", candidate.services());
        candidate.plan().ifPresent(plan -> json.add("plan", plan));
        return json;
    }

    /** Without an exponent, which devices refuse: {@code 100}, not {@code 1E+2}. */
    static JsonPrimitive number(BigDecimal value) {
        BigDecimal plain = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        return new JsonPrimitive(plain.scale() < 0 ? plain.setScale(0) : plain);
    }

    /** The entries of the first, and those of the second in their place. */
    static JsonObject merged(JsonObject first, JsonObject second) {
        JsonObject all = first.deepCopy();
        second.entrySet()
                .forEach(entry -> all.add(entry.getKey(), entry.getValue().deepCopy()));
        return all;
    }
}
