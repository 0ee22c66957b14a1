package io.efka.fleet.desired;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.fleet.desired.DocumentDiff.Line;
import io.efka.fleet.desired.WantedServices.Wanted;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.ServiceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Asks a device what it would do, and reads its answer. */
public final class PlanAnswer {
    /** Of an entry, what {@code apply} understands. */
    private static final Set<String> APPLIED = Set.of(
            "manifest",
            "files",
            "work_dir",
            "patch",
            "artifact",
            "release",
            "min_healthy",
            "healthy_deadline",
            "on_failure",
            "confirm_within");

    private PlanAnswer() {}

    /** The arguments of the {@code apply} to ask for; empty if there is nothing that it could tell. */
    public static Optional<JsonObject> question(Map<String, Wanted> wanted) {
        var services = new JsonObject();
        wanted.forEach((service, one) -> {
            if (!one.isAbsent() && !one.source().isDone()) services.add(service, applied(one.entry()));
        });
        if (services.size() == 0) return Optional.empty();
        var arguments = new JsonObject();
        arguments.add("services", services);
        arguments.addProperty("plan", true);
        return Optional.of(arguments);
    }

    private static JsonObject applied(JsonObject entry) {
        var applied = new JsonObject();
        for (Map.Entry<String, JsonElement> one : entry.entrySet()) {
            if (APPLIED.contains(one.getKey())) applied.add(one.getKey(), one.getValue());
        }
        applied.addProperty("desired", RetainedComparison.desired(entry));
        return applied;
    }

    /**
     * What would change, in the order of the services.
     *
     * @param reply to {@link #question}; empty if nothing was asked
     * @param configs what those services that the device knows are configured with
     */
    public static List<ServiceChange> changes(
            DeviceView device, Map<String, Wanted> wanted, Optional<Document> reply, Map<String, JsonObject> configs) {
        var changes = new ArrayList<ServiceChange>();
        reply.ifPresent(answer -> refused(answer, changes));
        wanted.forEach((service, one) -> {
            if (one.source().isDone()) return;
            Optional<ServiceView> present =
                    Optional.ofNullable(device.services().get(service));
            if (one.isAbsent()) {
                if (present.isPresent()) changes.add(change('-', service, "removed", one));
                return;
            }
            reply.flatMap(answer -> planned(answer, service))
                    .flatMap(plan -> change(service, plan, present, one))
                    .ifPresent(changes::add);
            config(service, one, configs, changes);
        });
        return changes;
    }

    private static ServiceChange change(char sign, String service, String text, Wanted wanted) {
        return new ServiceChange(sign, service, text, wanted.source().name());
    }

    /** The whole is refused if anything is wrong with it. */
    private static void refused(Document reply, List<ServiceChange> changes) {
        if (reply.flag("ok") || !reply.objects("plan").isEmpty()) return;
        List<Document> faults = reply.objects("faults");
        for (Document fault : faults) {
            String text =
                    fault.text("key").orElse("") + " " + fault.text("expected").orElse("") + ", was "
                            + fault.text("value").orElse("");
            changes.add(new ServiceChange('!', "*", text, ""));
        }
        if (faults.isEmpty()) changes.add(new ServiceChange('!', "*", error(reply), ""));
    }

    private static String error(Document of) {
        Document error = of.object("error");
        return error.text("code").orElse("failed")
                + error.text("message").map(words -> ": " + words).orElse("");
    }

    private static Optional<Document> planned(Document reply, String service) {
        return reply.objects("plan").stream()
                .filter(one -> one.text("service").equals(Optional.of(service)))
                .findFirst();
    }

    private static Optional<ServiceChange> change(
            String service, Document plan, Optional<ServiceView> present, Wanted wanted) {
        if (plan.has("error")) return Optional.of(change('!', service, error(plan), wanted));
        String current = present.flatMap(view -> view.status().text("release")).orElse("none");
        String target = plan.text("target").orElse("");
        return switch (plan.text("change").orElse("")) {
            case "unchanged" -> Optional.empty();
            case "create" -> Optional.of(change('+', service, target.isEmpty() ? "new" : "release " + target, wanted));
            case "update" -> Optional.of(change('~', service, updated(current, target), wanted));
            case "remove" -> Optional.of(change('-', service, "removed", wanted));
            case "start" -> Optional.of(change('~', service, "desired stopped -> running", wanted));
            case "stop" -> Optional.of(change('~', service, "desired running -> stopped", wanted));
            default -> Optional.of(change('~', service, plan.text("change").orElse("changed"), wanted));
        };
    }

    private static String updated(String current, String target) {
        return target.isEmpty() || target.equals(current)
                ? "its files or its manifest change"
                : "release " + current + " -> " + target;
    }

    private static void config(
            String service, Wanted wanted, Map<String, JsonObject> configs, List<ServiceChange> changes) {
        if (!(wanted.entry().get("config") instanceof JsonObject after)) return;
        JsonObject before = configs.getOrDefault(service, new JsonObject());
        for (Line line : DocumentDiff.of(before, after)) {
            changes.add(change(
                    line.sign() == '~' ? '~' : line.sign(),
                    service,
                    "config." + line.path() + " " + line.text(),
                    wanted));
        }
    }

    /** The services whose configuration must be known. */
    public static List<String> configured(DeviceView device, Map<String, Wanted> wanted) {
        return wanted.entrySet().stream()
                .filter(one -> !one.getValue().source().isDone())
                .filter(one -> one.getValue().entry().get("config") instanceof JsonObject)
                .map(Map.Entry::getKey)
                .filter(service -> device.services().containsKey(service))
                .toList();
    }

    /** Why it is not asked, in the words of a report; empty if there is nothing to say. */
    public static Optional<String> note(WantedServices.Source source) {
        if (source.report().isEmpty()) return Optional.empty();
        Document report = source.report().get();
        String state = report.text("state").orElse("unknown");
        boolean isAtIt = report.json().get("revision") instanceof JsonPrimitive revision
                && revision.equals(source.json().get("revision"));
        return switch (state) {
            case "rolled_back" ->
                isAtIt ? Optional.of("rolled back there: this revision is not tried again") : Optional.empty();
            case "failed", "conflict", "refused", "stale", "waiting", "held" ->
                Optional.of("the device says " + Standing.words(state, report));
            default -> {
                boolean hasDrift = isAtIt && !report.objects("drift").isEmpty();
                yield hasDrift
                        ? Optional.of("changed by hand: the device leaves it so until its entry changes")
                        : Optional.empty();
            }
        };
    }
}
