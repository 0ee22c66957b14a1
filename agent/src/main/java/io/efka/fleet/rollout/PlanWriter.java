package io.efka.fleet.rollout;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.efka.fleet.rollout.RolloutState.Reason;
import io.efka.protocol.Durations;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.json.JsonWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;

/** Writes a plan as it stands in a document. */
final class PlanWriter {
    /** An operator may write a letter; a document is sent to every device. */
    private static final int MAX_TEXT = 200;

    private PlanWriter() {}

    /** @param failed how many of the failed devices are named */
    static JsonObject write(RolloutPlan plan, int failed) {
        var json = new JsonObject();
        json.addProperty("v", PlanReader.VERSION);
        json.addProperty("rollout", plan.name());
        json.addProperty("state", plan.state().word());
        Optional<Reason> reason = reason(plan.state());
        reason.ifPresent(why -> {
            json.addProperty("stopped_by", why.by());
            json.addProperty("reason", JsonExcerpt.cut(why.text(), MAX_TEXT));
        });
        if (plan.state() instanceof Returned returned) json.add("stuck", devices(returned.stuck(), failed));
        policy(json, plan.policy());
        progress(json, plan.progress(), failed);
        json.addProperty("first_revision", plan.origin().firstRevision());
        json.add("previous", plan.origin().previous());
        json.addProperty("started_by", plan.origin().by());
        json.add("started_at", JsonWriter.value(plan.origin().at()));
        json.add("controller", controller(plan.controller()));
        json.add("updated_at", JsonWriter.value(plan.updatedAt()));
        plan.unknown().entrySet().forEach(entry -> json.add(entry.getKey(), entry.getValue()));
        return json;
    }

    private static Optional<Reason> reason(RolloutState state) {
        if (state instanceof Paused paused) return Optional.of(paused.reason());
        if (state instanceof Returning returning) return Optional.of(returning.reason());
        return state instanceof Returned returned ? Optional.of(returned.reason()) : Optional.empty();
    }

    private static void policy(JsonObject json, Policy policy) {
        var steps = new JsonArray();
        policy.steps().forEach(step -> steps.add(GroupDocument.number(step)));
        json.add("steps", steps);
        json.addProperty("settle", Durations.format(policy.settle()));
        json.addProperty("max_failures", policy.maxFailures().toString());
        json.addProperty("min_sample", policy.minSample());
        json.addProperty("max_unavailable", policy.maxUnavailable().toString());
        json.addProperty("report_timeout", Durations.format(policy.reportTimeout()));
        json.addProperty("on_failure", policy.onFailure().name().toLowerCase(Locale.ROOT));
    }

    private static void progress(JsonObject json, RolloutPlan.Progress progress, int failed) {
        json.addProperty("step", progress.step() + 1);
        json.add("reached", GroupDocument.number(progress.reached()));
        Counts counts = progress.counts();
        var numbers = new JsonObject();
        numbers.addProperty("devices", counts.devices());
        numbers.addProperty("share", counts.share());
        numbers.addProperty("done", counts.done());
        numbers.addProperty("failed", counts.failed());
        numbers.addProperty("updating", counts.updating());
        numbers.addProperty("offline", counts.offline());
        json.add("counts", numbers);
        json.add("failed", devices(progress.failed(), failed));
        json.addProperty("excused", progress.excused());
    }

    private static JsonObject devices(SortedMap<String, String> devices, int most) {
        var json = new JsonObject();
        devices.entrySet().stream().limit(most).forEach(one -> json.addProperty(one.getKey(), one.getValue()));
        return json;
    }

    private static JsonObject controller(RolloutPlan.Controller controller) {
        var json = new JsonObject();
        json.addProperty("by", controller.by());
        json.addProperty("id", controller.id());
        json.addProperty("epoch", controller.epoch());
        return json;
    }
}
