package io.efka.agent.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.efka.agent.service.Fault;
import io.efka.agent.service.Outcome;
import io.efka.agent.service.ServiceStatus;
import java.util.List;
import java.util.Locale;

/**
 * What became of a command, before it is put into a reply. The fields are written once, by whoever made them, and not
 * changed after that.
 */
sealed interface Answer {
    /** What the reply says beside its common keys. */
    JsonObject fields();

    record Done(JsonObject fields) implements Answer {}

    record Failed(ErrorCode code, String message, JsonObject fields) implements Answer {}

    static Answer done() {
        return new Done(new JsonObject());
    }

    static Answer failed(ErrorCode code, String message) {
        return new Failed(code, message, new JsonObject());
    }

    static Answer refused(Refusal refusal) {
        var fields = new JsonObject();
        if (!refusal.faults().isEmpty()) fields.add("faults", faults(refusal.faults()));
        return new Failed(refusal.code(), refusal.reason(), fields);
    }

    /** A service as it is now. */
    static Answer of(ServiceStatus status) {
        return new Done(state(status));
    }

    static Answer of(Outcome outcome) {
        if (outcome instanceof Outcome.Rejected rejected) {
            JsonObject fields = state(rejected.status());
            if (!rejected.status().faults().isEmpty()) {
                fields.add("faults", faults(rejected.status().faults()));
            }
            return new Failed(ErrorCode.of(rejected.reason()), rejected.message(), fields);
        }
        return of(((Outcome.Done) outcome).status());
    }

    /** This answer, with warnings where there are any. */
    default Answer warning(List<String> warnings) {
        if (warnings.isEmpty()) return this;
        JsonObject fields = fields().deepCopy();
        JsonArray all = fields.has("warnings") ? fields.getAsJsonArray("warnings") : new JsonArray();
        warnings.forEach(all::add);
        fields.add("warnings", all);
        return with(fields);
    }

    /** The same verdict with other fields. */
    default Answer with(JsonObject fields) {
        if (this instanceof Failed failed) return new Failed(failed.code(), failed.message(), fields);
        return new Done(fields);
    }

    private static JsonObject state(ServiceStatus status) {
        var fields = new JsonObject();
        fields.addProperty("state", status.state().name().toLowerCase(Locale.ROOT));
        status.pid().ifPresent(pid -> fields.addProperty("pid", pid));
        var warnings = new JsonArray();
        status.warnings().forEach(warnings::add);
        if (!warnings.isEmpty()) fields.add("warnings", warnings);
        return fields;
    }

    static JsonArray faults(List<Fault> faults) {
        var array = new JsonArray();
        for (Fault fault : faults) {
            var object = new JsonObject();
            object.addProperty("key", fault.key());
            object.addProperty("value", fault.value());
            object.addProperty("expected", fault.expected());
            array.add(object);
        }
        return array;
    }
}
