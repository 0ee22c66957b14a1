package io.efka.agent.release;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.agent.release.DeployResult.Outcome;
import io.efka.agent.release.DeployResult.Problem;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.RunId;
import io.efka.protocol.Sha256;
import io.efka.protocol.json.JsonFields;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Function;

/** What is kept of a service's releases, as a JSON document. Fields it does not know are ignored. */
public final class ReleaseCodec {
    private static final int VERSION = 1;

    private ReleaseCodec() {}

    public static String encode(ServiceReleases releases) {
        var json = new JsonObject();
        json.addProperty("v", VERSION);
        var stored = new JsonArray();
        releases.releases().forEach(release -> stored.add(encode(release)));
        json.add("releases", stored);
        releases.current().ifPresent(id -> json.addProperty("current", id.value()));
        releases.previous().ifPresent(id -> json.addProperty("previous", id.value()));
        releases.deploy()
                .filter(deploy -> deploy.state() instanceof DeployState.Activated || deploy.isOver())
                .ifPresent(deploy -> json.add("deploy", encode(deploy)));
        releases.promised().ifPresent(request -> json.add("promised", DeployRequestCodec.encode(request)));
        if (!releases.holds().isEmpty()) {
            var holds = new JsonArray();
            releases.holds().forEach(hold -> holds.add(encode(hold)));
            json.add("holds", holds);
        }
        return json.toString();
    }

    private static JsonObject encode(Release release) {
        var json = new JsonObject();
        json.addProperty("id", release.id().value());
        json.addProperty("stored_at", release.storedAt().toString());
        if (release.isOriginal()) json.addProperty("original", true);
        release.bad().ifPresent(why -> json.addProperty("bad", why));
        release.artifact().ifPresent(hash -> json.addProperty("artifact", hash.hex()));
        return json;
    }

    private static JsonObject encode(Hold hold) {
        var json = new JsonObject();
        json.addProperty("by", hold.by().name());
        json.addProperty("reason", hold.reason());
        json.addProperty("since", hold.since().toString());
        json.addProperty("until", hold.until().toString());
        hold.run().ifPresent(run -> json.addProperty("run", run.value()));
        hold.commandId().ifPresent(id -> json.addProperty("command", id));
        return json;
    }

    private static JsonObject encode(Deploy deploy) {
        var json = new JsonObject();
        deploy.commandId().ifPresent(id -> json.addProperty("command", id));
        json.addProperty("rollback", deploy.isRollback());
        json.addProperty("target", deploy.target().value());
        deploy.back().ifPresent(id -> json.addProperty("back", id.value()));
        DeployRequestCodec.encode(deploy.rule(), json);
        json.addProperty("wanted", deploy.isWanted());
        json.add("state", encode(deploy.state()));
        return json;
    }

    private static JsonObject encode(DeployState state) {
        var json = new JsonObject();
        json.addProperty("kind", state.getClass().getSimpleName());
        json.addProperty("since", state.since().toString());
        if (state instanceof Watching watching) json.addProperty("cuts", watching.cuts());
        if (state instanceof RollingBack back) {
            json.addProperty("switched", back.isSwitched());
            json.add("problem", encode(back.problem()));
        }
        if (state instanceof DeployState.Ended ended) {
            json.addProperty("outcome", ended.result().outcome().name());
            ended.result().problem().ifPresent(problem -> json.add("problem", encode(problem)));
        }
        return json;
    }

    private static JsonObject encode(Problem problem) {
        var json = new JsonObject();
        json.addProperty("code", problem.code().name());
        json.addProperty("message", problem.message());
        return json;
    }

    /** @throws IllegalArgumentException saying which field is wrong, and how */
    public static ServiceReleases decode(String document) {
        JsonObject json = JsonFields.document(document, VERSION);
        var stored = new ArrayList<Release>();
        if (json.get("releases") instanceof JsonArray array) {
            for (JsonElement release : array) stored.add(decodeRelease(release.getAsJsonObject()));
        }
        var holds = new ArrayList<Hold>();
        if (json.get("holds") instanceof JsonArray array) {
            for (JsonElement hold : array) holds.add(decodeHold(hold.getAsJsonObject()));
        }
        return new ServiceReleases(
                stored,
                optional(json, "current", ReleaseId::new),
                optional(json, "previous", ReleaseId::new),
                JsonFields.object(json, "deploy").map(ReleaseCodec::decodeDeploy),
                JsonFields.object(json, "promised").map(DeployRequestCodec::decode),
                holds);
    }

    private static Release decodeRelease(JsonObject json) {
        return new Release(
                new ReleaseId(JsonFields.text(json, "id")),
                json.has("original") && JsonFields.flag(json, "original"),
                JsonFields.instant(json, "stored_at"),
                optional(json, "bad", Function.identity()),
                optional(json, "artifact", Sha256::new));
    }

    private static Hold decodeHold(JsonObject json) {
        return new Hold(
                JsonFields.choice(json, "by", Hold.By.class),
                JsonFields.text(json, "reason"),
                JsonFields.instant(json, "since"),
                JsonFields.instant(json, "until"),
                optional(json, "run", RunId::new),
                optional(json, "command", Function.identity()));
    }

    private static Deploy decodeDeploy(JsonObject json) {
        return new Deploy(
                optional(json, "command", Function.identity()),
                JsonFields.flag(json, "rollback"),
                new ReleaseId(JsonFields.text(json, "target")),
                optional(json, "back", ReleaseId::new),
                DeployRequestCodec.rule(json),
                JsonFields.flag(json, "wanted"),
                decodeState(JsonFields.object(json, "state")
                        .orElseThrow(() -> new IllegalArgumentException("state must be an object, was missing"))));
    }

    private static DeployState decodeState(JsonObject json) {
        Instant since = JsonFields.instant(json, "since");
        String kind = JsonFields.text(json, "kind");
        return switch (kind) {
            case "Activating" -> new Activating(since);
            case "Watching" ->
                new Watching(since, false, JsonFields.number(json, "cuts").intValue(), "not seen yet");
            case "Unwatched" -> new Unwatched(since);
            case "Confirming" -> new Confirming(since);
            case "RollingBack" ->
                new RollingBack(
                        problem(json).orElseThrow(), since, JsonFields.flag(json, "switched"), false, "not seen yet");
            case "Ended" ->
                new DeployState.Ended(
                        new DeployResult(JsonFields.choice(json, "outcome", Outcome.class), problem(json)), since);
            default -> throw new IllegalArgumentException("state is \"" + kind + "\", which this agent does not know");
        };
    }

    private static Optional<Problem> problem(JsonObject json) {
        return JsonFields.object(json, "problem")
                .map(problem -> new Problem(
                        JsonFields.choice(problem, "code", ErrorCode.class), JsonFields.text(problem, "message")));
    }

    private static <T> Optional<T> optional(JsonObject json, String name, Function<String, T> make) {
        return json.has(name) ? Optional.of(make.apply(JsonFields.text(json, name))) : Optional.empty();
    }
}
