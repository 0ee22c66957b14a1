package io.efka.fleet.rollout;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.fleet.rollout.Policy.OnFailure;
import io.efka.fleet.rollout.RolloutPlan.Controller;
import io.efka.fleet.rollout.RolloutPlan.Origin;
import io.efka.fleet.rollout.RolloutPlan.Progress;
import io.efka.fleet.rollout.RolloutState.Reason;
import io.efka.protocol.Durations;
import io.efka.protocol.Names;
import io.efka.protocol.json.JsonExcerpt;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the plan in a document, strictly: whoever goes on with a plan that it half understands may break a fleet. */
final class PlanReader {
    static final int VERSION = 1;

    private static final Set<String> KEYS = Set.of(
            "v",
            "rollout",
            "state",
            "stopped_by",
            "reason",
            "stuck",
            "steps",
            "step",
            "reached",
            "settle",
            "max_failures",
            "min_sample",
            "max_unavailable",
            "report_timeout",
            "on_failure",
            "counts",
            "failed",
            "excused",
            "first_revision",
            "previous",
            "started_by",
            "started_at",
            "controller",
            "updated_at");

    private static final long MOST = 1L << 53;
    private static final Pattern WHOLE = Pattern.compile("\\d{1,16}");
    private static final Pattern SHARE = Pattern.compile("\\d{1,3}(\\.\\d{1,17})?");

    private final String path;
    private final JsonObject json;

    private PlanReader(String path, JsonObject json) {
        this.path = path;
        this.json = json;
    }

    /** @throws IllegalArgumentException naming the key, its value and what would be right */
    static RolloutPlan read(JsonObject plan) {
        var reader = new PlanReader("candidate.plan.", plan);
        long version = reader.whole("v", 1, MOST);
        if (version != VERSION) throw reader.wrong("v", VERSION + ", the version that this efka knows");
        return reader.plan();
    }

    private RolloutPlan plan() {
        Policy policy = policy();
        var unknown = new JsonObject();
        json.entrySet().stream()
                .filter(entry -> !KEYS.contains(entry.getKey()))
                .forEach(entry -> unknown.add(entry.getKey(), entry.getValue()));
        return new RolloutPlan(
                parsed("rollout", "a name", text -> Names.requireLegal("name", text)),
                policy,
                new Origin(
                        text("started_by"), time("started_at"), whole("first_revision", 1, MOST), object("previous")),
                progress(policy),
                state(),
                controller(),
                time("updated_at"),
                unknown);
    }

    private Policy policy() {
        var steps = new ArrayList<String>();
        if (json.get("steps") instanceof JsonArray list) list.forEach(step -> steps.add(step.toString()));
        String right = "a list of " + Policy.STEPS;
        return new Policy(
                Policy.steps(steps).orElseThrow(() -> wrong("steps", right)),
                duration("settle"),
                limit("max_failures"),
                (int) whole("min_sample", 1, Integer.MAX_VALUE),
                limit("max_unavailable"),
                duration("report_timeout"),
                switch (text("on_failure")) {
                    case "pause" -> OnFailure.PAUSE;
                    case "rollback" -> OnFailure.ROLLBACK;
                    default -> throw wrong("on_failure", "\"pause\" or \"rollback\"");
                });
    }

    private Progress progress(Policy policy) {
        int step = (int) whole("step", 1, policy.steps().size()) - 1;
        var counts = new PlanReader(path + "counts.", object("counts"));
        return new Progress(step, share("reached"), counts.counts(), devices("failed"), (int)
                whole("excused", 0, Integer.MAX_VALUE));
    }

    private Counts counts() {
        return new Counts(
                count("devices"), count("share"), count("done"), count("failed"), count("updating"), count("offline"));
    }

    private int count(String key) {
        return (int) whole(key, 0, Integer.MAX_VALUE);
    }

    private RolloutState state() {
        return switch (text("state")) {
            case "running" -> new Running();
            case "paused" -> new Paused(reason());
            case "succeeded" -> new Succeeded();
            case "aborting" -> Returning.aborting(reason());
            case "undoing" -> Returning.undoing(reason());
            case "aborted" -> new Returned(false, reason(), devices("stuck"));
            case "undone" -> new Returned(true, reason(), devices("stuck"));
            default -> throw wrong("state", "running, paused, succeeded, aborting, aborted, undoing or undone");
        };
    }

    private Reason reason() {
        return new Reason(text("stopped_by"), text("reason"));
    }

    private Controller controller() {
        var inner = new PlanReader(path + "controller.", object("controller"));
        return new Controller(inner.text("by"), inner.text("id"), inner.whole("epoch", 1, MOST));
    }

    private SortedMap<String, String> devices(String key) {
        var devices = new TreeMap<String, String>();
        for (Map.Entry<String, JsonElement> entry : object(key).entrySet()) {
            devices.put(entry.getKey(), new PlanReader(path + key + ".", object(key)).text(entry.getKey()));
        }
        return devices;
    }

    private Duration duration(String key) {
        return parsed(
                key,
                "a duration " + Durations.EXAMPLES,
                text -> Durations.parse(text).orElseThrow(IllegalArgumentException::new));
    }

    private Limit limit(String key) {
        return parsed(key, Limit.EXAMPLES, text -> Limit.parse(text).orElseThrow(IllegalArgumentException::new));
    }

    private Instant time(String key) {
        return parsed(key, "a time as in \"2026-11-22T10:00:00Z\"", text -> {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(e);
            }
        });
    }

    private <T> T parsed(String key, String right, Function<String, T> parser) {
        try {
            return parser.apply(text(key));
        } catch (IllegalArgumentException e) {
            throw wrong(key, right);
        }
    }

    private String text(String key) {
        if (json.get(key) instanceof JsonPrimitive value && value.isString()) return value.getAsString();
        throw wrong(key, "a text");
    }

    private long whole(String key, long min, long max) {
        if (json.get(key) instanceof JsonPrimitive value
                && value.isNumber()
                && WHOLE.matcher(value.getAsString()).matches()) {
            long number = Long.parseLong(value.getAsString());
            if (number >= min && number <= max) return number;
        }
        throw wrong(key, "a whole number " + (max >= Integer.MAX_VALUE ? "from " + min + " on" : min + " to " + max));
    }

    private BigDecimal share(String key) {
        if (json.get(key) instanceof JsonPrimitive value
                && value.isNumber()
                && SHARE.matcher(value.getAsString()).matches()) {
            return value.getAsBigDecimal();
        }
        throw wrong(key, "a number from 0 to 100");
    }

    private JsonObject object(String key) {
        if (json.get(key) instanceof JsonObject object) return object;
        throw wrong(key, "an object");
    }

    private IllegalArgumentException wrong(String key, String right) {
        @Nullable JsonElement value = json.get(key);
        String was = value == null ? "missing" : JsonExcerpt.of(value);
        return new IllegalArgumentException(path + key + " must be " + right + ", was " + was);
    }

    /** What stands at the keys, for the table in the documents. */
    static List<String> keys() {
        return KEYS.stream().sorted().toList();
    }
}
