package io.efka.agent.session;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.efka.agent.telemetry.AgentInstance;
import io.efka.agent.telemetry.MachineFacts;
import io.efka.agent.telemetry.StatusCodec;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.Topics;
import io.efka.protocol.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes and reads the device's status document: birth, will and farewell. */
public final class DeviceStatusCodec {
    /** Reason of a farewell: the agent has ended in an orderly way. */
    static final String SHUTDOWN = "shutdown";

    /** Reason of a will: the broker has lost the agent. */
    static final String LOST = "lost";

    /** Reason of a question (never retained): a living agent of this device answers with its birth. */
    static final String ASKING = "asking";

    /** The keys that {@link #read} and readers of the device need. */
    private static final Set<String> CORE = Set.of(
            "v",
            "device",
            "online",
            "session",
            "instance",
            "host",
            "birth",
            "reason",
            "at",
            "connected_at",
            "shortened");

    private final AgentInstance instance;
    private final MachineFacts machine;
    private final Topics topics;

    public DeviceStatusCodec(AgentInstance instance, MachineFacts machine, Topics topics) {
        this.instance = instance;
        this.machine = machine;
        this.topics = topics;
    }

    AgentInstance instance() {
        return instance;
    }

    String host() {
        return machine.host();
    }

    /**
     * Writes a birth: the agent is online.
     *
     * @param number number of this birth, grows within the session
     * @param at when it is published
     * @param services how many services are in each state
     * @param refusedFilters filters that the broker refuses, each with its reason
     * @param bytes limit of the size. A document that is too large leaves out the refused filters, then everything but
     *     the core, and has {@code "shortened":true}. The shortest document may still be larger
     */
    byte[] birth(
            long number,
            Instant at,
            Map<ServiceStatus.State, Integer> services,
            Map<String, String> refusedFilters,
            long bytes) {
        Map<String, Object> document = document(true);
        document.put("birth", number);
        document.put("at", at);
        var counts = new LinkedHashMap<String, Integer>();
        for (ServiceStatus.State state : ServiceStatus.State.values()) {
            counts.put(StatusCodec.word(state), services.getOrDefault(state, 0));
        }
        document.put("services", counts);
        if (!refusedFilters.isEmpty()) document.put("filters_refused", refusedFilters);
        return within(bytes, document);
    }

    private static byte[] within(long bytes, Map<String, Object> document) {
        byte[] written = JsonWriter.bytes(JsonWriter.object(document));
        if (written.length <= bytes) return written;
        document.put("shortened", true);
        document.remove("filters_refused");
        written = JsonWriter.bytes(JsonWriter.object(document));
        if (written.length <= bytes) return written;
        document.keySet().retainAll(CORE);
        return JsonWriter.bytes(JsonWriter.object(document));
    }

    /**
     * Writes a farewell or question: the agent is not the device.
     *
     * @param at when it is published
     * @param bytes limit of the size, as for {@link #birth}
     */
    byte[] end(String reason, Instant at, long bytes) {
        Map<String, Object> document = document(false);
        document.put("reason", reason);
        document.put("at", at);
        return within(bytes, document);
    }

    /**
     * Writes a will: the broker has lost the agent. The broker publishes it as it was given at the beginning of the
     * connection, so it cannot have the time of the loss. It has no counts of services, since they would be out of date.
     *
     * @param connectedAt when the connection began
     */
    byte[] will(Instant connectedAt) {
        Map<String, Object> document = document(false);
        document.put("reason", LOST);
        document.put("connected_at", connectedAt);
        return JsonWriter.bytes(JsonWriter.object(document));
    }

    private Map<String, Object> document(boolean online) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("v", 1);
        fields.put("device", topics.device());
        fields.put("online", online);
        fields.put("session", instance.session());
        fields.put("instance", instance.instance());
        fields.put("version", instance.version());
        fields.put("host", machine.host());
        fields.put("os", machine.os());
        fields.put("java", machine.java());
        fields.put("groups", topics.groups());
        fields.put("boot_at", machine.bootAt());
        fields.put("started_at", instance.startedAt());
        return fields;
    }

    /** Reads what somebody published as this device's status; empty if no agent would have written it. */
    static Optional<SeenStatus> read(byte[] payload) {
        try {
            JsonObject json = JsonParser.parseString(new String(payload, StandardCharsets.UTF_8))
                    .getAsJsonObject();
            return Optional.of(new SeenStatus(
                    json.get("online").getAsBoolean(),
                    json.get("session").getAsLong(),
                    json.get("instance").getAsString(),
                    json.has("host") ? json.get("host").getAsString() : "unknown",
                    json.has("birth") ? json.get("birth").getAsLong() : 0,
                    json.has("reason") ? json.get("reason").getAsString() : ""));
        } catch (JsonParseException
                | IllegalStateException
                | NullPointerException
                | UnsupportedOperationException
                | NumberFormatException notOurs) {
            return Optional.empty();
        }
    }
}
