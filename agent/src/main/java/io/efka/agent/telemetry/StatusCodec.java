package io.efka.agent.telemetry;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.efka.protocol.Cause;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Writes a service's status document for the retained topic and for replies. */
public final class StatusCodec {
    private static final Set<String> CORE =
            Set.of("v", "service", "desired", "state", "ready", "health", "pid", "session", "shortened");

    private final long session;
    private final Function<ServiceId, Map<String, ?>> releases;

    /** @param session number of this start of the agent; part of every document */
    public StatusCodec(long session) {
        this(session, service -> Map.of());
    }

    /** @param releases what a document says of the service's releases; called on any thread, must not block */
    public StatusCodec(long session, Function<ServiceId, Map<String, ?>> releases) {
        this.session = session;
        this.releases = releases;
    }

    /** The whole document in UTF-8. */
    public byte[] bytes(ServiceStatus status) {
        return JsonWriter.bytes(encode(status));
    }

    /**
     * The document, shortened if it is too large: first without the tail of the last exit, then without warnings and
     * faults, then with the core only. A shortened one has {@code "shortened":true}.
     *
     * @param bytes limit of the size; the shortest document may still be larger
     */
    public byte[] bytes(ServiceStatus status, long bytes) {
        byte[] written = bytes(status);
        if (written.length <= bytes) return written;
        JsonObject json = encode(status);
        json.addProperty("shortened", true);
        if (json.get("last_exit") instanceof JsonObject exit) exit.remove("tail");
        written = JsonWriter.bytes(json);
        if (written.length <= bytes) return written;
        for (String key : List.of("warnings", "faults", "waiting_for", "schedule", "deploy", "holds")) json.remove(key);
        if (json.get("cause") instanceof JsonObject cause) cause.remove("message");
        written = JsonWriter.bytes(json);
        if (written.length <= bytes) return written;
        json.keySet().retainAll(CORE);
        return JsonWriter.bytes(json);
    }

    /** The document. All keys are always present, except {@code schedule}, {@code waiting_for} and {@code faults} when empty. */
    public JsonObject encode(ServiceStatus status) {
        var json = new JsonObject();
        json.addProperty("v", 1);
        json.addProperty("service", status.id().value());
        json.addProperty("desired", word(status.desired()));
        json.addProperty("state", word(status.state()));
        json.addProperty("ready", status.ready());
        json.addProperty("health", word(status.health()));
        json.add("pid", JsonWriter.value(status.pid()));
        json.add("run", JsonWriter.value(status.run()));
        json.add("since", JsonWriter.value(status.since()));
        json.addProperty("restarts", status.restarts());
        json.add("next_attempt_at", JsonWriter.value(status.nextAttempt()));
        json.add("cause", JsonWriter.object(cause(status.cause())));
        json.add("last_exit", JsonWriter.value(status.lastExit().map(StatusCodec::lastExit)));
        json.add("release", JsonNull.INSTANCE);
        releases.apply(status.id()).forEach((key, value) -> json.add(key, JsonWriter.value(value)));
        json.addProperty("session", session);
        json.add("warnings", JsonWriter.value(status.warnings()));
        json.addProperty("autostart", status.autostart());
        json.addProperty("crash_loop", status.crashLoop());
        status.schedule().ifPresent(schedule -> json.add("schedule", JsonWriter.object(schedule(schedule))));
        if (!status.waitingFor().isEmpty()) json.add("waiting_for", JsonWriter.value(status.waitingFor()));
        if (!status.faults().isEmpty()) json.add("faults", faults(status.faults()));
        return json;
    }

    /** The spelling of an enum constant on the wire. */
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static Map<String, Object> cause(Cause cause) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("kind", word(cause.kind()));
        cause.commandId().ifPresent(id -> fields.put("id", id));
        cause.code().ifPresent(code -> fields.put("code", code));
        cause.signal().ifPresent(signal -> fields.put("signal", signal.name()));
        cause.message().ifPresent(message -> fields.put("message", message));
        return fields;
    }

    private static Map<String, Object> schedule(ServiceStatus.ScheduleStatus schedule) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("next_run_at", schedule.nextRun());
        fields.put("skipped", schedule.skipped());
        fields.put("missed", schedule.missed());
        return fields;
    }

    private static Map<String, Object> lastExit(ServiceStatus.LastExit last) {
        Map<String, Object> fields = exit(last);
        fields.put("tail", last.exit().tail());
        return fields;
    }

    /** How a run ended, without the tail of its output. */
    static Map<String, Object> exit(ServiceStatus.LastExit last) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("run", last.run());
        fields.put("code", last.exit().code());
        fields.put("signal", last.exit().signal());
        fields.put("oom", last.exit().oom());
        fields.put("at", last.exit().at());
        return fields;
    }

    private static JsonArray faults(List<Fault> faults) {
        var array = new JsonArray();
        for (Fault fault : faults) {
            var json = new JsonObject();
            json.addProperty("key", fault.key());
            json.addProperty("value", fault.value());
            json.addProperty("expected", fault.expected());
            array.add(json);
        }
        return array;
    }
}
