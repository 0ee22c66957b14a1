package io.efka.agent.desired;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.agent.desired.Document.Accepted;
import io.efka.protocol.CommandException;
import io.efka.protocol.DeviceId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.Sha256;
import io.efka.protocol.json.JsonFields;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** A document as it is on disk. Fields it does not know are ignored. */
final class DocumentCodec {
    private static final int VERSION = 1;

    private final DocumentParser parser;
    private final DeviceId device;

    DocumentCodec(DocumentParser parser, DeviceId device) {
        this.parser = parser;
        this.device = device;
    }

    String encode(Document document) {
        var json = new JsonObject();
        json.addProperty("v", VERSION);
        json.addProperty("device", device.value());
        json.addProperty("text", document.accepted().text());
        json.addProperty("at", document.accepted().at().toString());
        json.addProperty("round", document.round());
        json.add("applied", object(document.applied(), DocumentCodec::encode));
        json.add("state", encode(document.state()));
        if (document.isWithdrawn()) json.addProperty("withdrawn", true);
        return json.toString();
    }

    private static <V> JsonObject object(Map<?, V> values, Function<V, JsonElement> encode) {
        var json = new JsonObject();
        values.forEach((key, value) -> json.add(key.toString(), encode.apply(value)));
        return json;
    }

    private static JsonObject encode(Applied applied) {
        var json = new JsonObject();
        applied.entry().ifPresent(digest -> json.addProperty("entry", digest.hex()));
        json.addProperty("brought", applied.isBrought());
        applied.release().ifPresent(release -> json.addProperty("release", release));
        return json;
    }

    private static JsonObject encode(DocumentState state) {
        var json = new JsonObject();
        json.addProperty("kind", state.getClass().getSimpleName());
        json.addProperty("since", state.since().toString());
        if (state instanceof Applying applying) {
            json.addProperty("looking", applying.isLooking());
            json.add("before", object(applying.before(), DocumentCodec::encode));
            json.add("tasks", object(applying.tasks(), DocumentCodec::encode));
        }
        if (state instanceof TakingBack back) {
            json.addProperty("superseded", back.isSuperseded());
            json.add("problem", encode(back.why()));
            json.add("before", object(back.before(), DocumentCodec::encode));
            back.trouble().ifPresent(trouble -> json.add("trouble", encode(trouble)));
        }
        if (state instanceof DocumentState.Expired expired)
            json.addProperty("begin", expired.begin().toString());
        if (state instanceof DocumentState.RolledBack || state instanceof DocumentState.Failed) {
            json.add("problem", encode(state.problem().orElseThrow()));
        }
        return json;
    }

    private static JsonObject encode(Before before) {
        var json = new JsonObject();
        json.addProperty("installed", before.isInstalled());
        json.addProperty("desired", before.desired().name());
        before.release().ifPresent(release -> json.addProperty("release", release));
        json.addProperty("config", before.config());
        before.manifest().ifPresent(manifest -> json.addProperty("manifest", manifest));
        return json;
    }

    private static JsonObject encode(Task task) {
        var json = new JsonObject();
        json.addProperty("stage", task.stage().name());
        task.release().ifPresent(release -> json.addProperty("release", release));
        task.problem().ifPresent(problem -> json.add("problem", encode(problem)));
        return json;
    }

    private static JsonObject encode(Problem problem) {
        var json = new JsonObject();
        json.addProperty("code", problem.code());
        json.addProperty("message", problem.message());
        return json;
    }

    /** For which device it was published; empty: an older agent did not say. */
    static Optional<DeviceId> device(String stored) {
        return optional(JsonFields.document(stored, VERSION), "device").map(DeviceId::new);
    }

    /** @throws IllegalArgumentException saying what is wrong */
    Document decode(DocumentKey key, String stored) {
        JsonObject json = JsonFields.document(stored, VERSION);
        String text = JsonFields.text(json, "text");
        try {
            Accepted accepted = Accepted.of(parser.parse(text), device, text, JsonFields.instant(json, "at"));
            return new Document(
                    key,
                    accepted,
                    map(json, "applied", DocumentCodec::applied),
                    JsonFields.number(json, "round").longValue(),
                    state(required(json, "state")),
                    json.has("withdrawn") && JsonFields.flag(json, "withdrawn"));
        } catch (CommandException e) {
            throw new IllegalArgumentException("its text cannot be read: " + e.getMessage(), e);
        }
    }

    private static <V> SortedMap<ServiceId, V> map(JsonObject json, String name, Function<JsonObject, V> decode) {
        var values = new TreeMap<ServiceId, V>();
        required(json, name)
                .asMap()
                .forEach((service, value) -> values.put(new ServiceId(service), decode.apply(value.getAsJsonObject())));
        return values;
    }

    private static Applied applied(JsonObject json) {
        return new Applied(
                optional(json, "entry").map(Sha256::new), JsonFields.flag(json, "brought"), optional(json, "release"));
    }

    private static DocumentState state(JsonObject json) {
        Instant since = JsonFields.instant(json, "since");
        String kind = JsonFields.text(json, "kind");
        return switch (kind) {
            // What it waits for is found out anew.
            case "Waiting", "Conflict" -> Waiting.fresh(since);
            case "Applying" ->
                new Applying(
                        JsonFields.flag(json, "looking"),
                        map(json, "before", DocumentCodec::before),
                        map(json, "tasks", DocumentCodec::task),
                        since);
            case "TakingBack" ->
                new TakingBack(
                        JsonFields.flag(json, "superseded"),
                        problem(json, "problem").orElseThrow(),
                        map(json, "before", DocumentCodec::before),
                        problem(json, "trouble"),
                        since);
            case "Done" -> new DocumentState.Done(since);
            case "RolledBack" ->
                new DocumentState.RolledBack(problem(json, "problem").orElseThrow(), since);
            case "Failed" -> new DocumentState.Failed(problem(json, "problem").orElseThrow(), since);
            case "Expired" -> new DocumentState.Expired(JsonFields.instant(json, "begin"), since);
            default -> throw new IllegalArgumentException("state is \"" + kind + "\", which this agent does not know");
        };
    }

    private static Before before(JsonObject json) {
        return new Before(
                JsonFields.flag(json, "installed"),
                JsonFields.choice(json, "desired", Desired.class),
                optional(json, "release"),
                JsonFields.text(json, "config"),
                optional(json, "manifest"));
    }

    private static Task task(JsonObject json) {
        return new Task(
                JsonFields.choice(json, "stage", Task.Stage.class),
                optional(json, "release"),
                problem(json, "problem"));
    }

    private static Optional<Problem> problem(JsonObject json, String name) {
        return JsonFields.object(json, name)
                .map(problem -> new Problem(JsonFields.text(problem, "code"), JsonFields.text(problem, "message")));
    }

    private static JsonObject required(JsonObject json, String name) {
        return JsonFields.object(json, name)
                .orElseThrow(() -> new IllegalArgumentException(name + " must be an object, was missing"));
    }

    private static Optional<String> optional(JsonObject json, String name) {
        return json.has(name) ? Optional.of(JsonFields.text(json, name)) : Optional.empty();
    }
}
