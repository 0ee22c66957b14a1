package io.efka.agent.telemetry;

import com.google.gson.JsonObject;
import io.efka.protocol.Topics;
import io.efka.protocol.json.JsonWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Answers the {@code info} command: what this agent is, what it runs on, and the state of its parts. */
public final class DeviceInfo {
    private final AgentInstance identity;
    private final MachineFacts machine;
    private final Topics topics;
    private final LongSupplier nanoTime;
    private final long startedNanos;
    private final Map<String, Supplier<?>> sections;

    /**
     * @param sections further keys in order, such as {@code broker} and {@code folders}, each evaluated at every
     *     {@link #now}; values as in {@link JsonWriter#object}
     * @param nanoTime monotonic nanoseconds, {@code System::nanoTime}: setting the clock does not change the uptime
     */
    public DeviceInfo(
            AgentInstance identity,
            MachineFacts machine,
            Topics topics,
            LongSupplier nanoTime,
            Map<String, Supplier<?>> sections) {
        this.identity = identity;
        this.machine = machine;
        this.topics = topics;
        this.nanoTime = nanoTime;
        this.startedNanos = nanoTime.getAsLong();
        this.sections = new LinkedHashMap<>(sections);
    }

    /** The document without the keys that every reply has. */
    public JsonObject now() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("device", topics.device());
        fields.put("version", identity.version());
        fields.put("session", identity.session());
        fields.put("instance", identity.instance());
        fields.put("pid", ProcessHandle.current().pid());
        fields.put("host", machine.host());
        fields.put("os", machine.os());
        fields.put("java", machine.java());
        fields.put("groups", topics.groups());
        fields.put("boot_at", machine.bootAt());
        fields.put("started_at", identity.startedAt());
        fields.put("uptime_ms", Duration.ofNanos(nanoTime.getAsLong() - startedNanos));
        sections.forEach((name, section) -> fields.put(name, section.get()));
        return JsonWriter.object(fields);
    }
}
