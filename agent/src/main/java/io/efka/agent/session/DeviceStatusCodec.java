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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes and reads the device's status document: birth, will and farewell. */
public final class DeviceStatusCodec {
    /** The reason of a farewell: the agent ended gracefully. */
    static final String SHUTDOWN = "shutdown";

    /** The reason of a will: the broker lost the agent. */
    static final String LOST = "lost";

    /** The reason of a question (never retained): a living agent of this device answers it with its birth. */
    static final String ASKING = "asking";

    /** What {@link #read} needs, and readers of the device. */
    private static final Set<String> CORE =
            Set.of("v", "device", "online", "session", "instance", "host", "birth", "reason", "shortened");

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
     * The agent is there.
     *
     * @param number of this birth, grows within the session
     * @param services how many there are in each state
     * @param refusedFilters on which it hears nothing, with the reason
     * @param bytes to have at most: the refused filters are left out first, then all but who is there, and it has {@code
     *     "shortened":true}; where that is too few for the shortest document, it is that one
     */
    byte[] birth(
            long number, Map<ServiceStatus.State, Integer> services, Map<String, String> refusedFilters, long bytes) {
        Map<String, Object> document = document(true);
        document.put("birth", number);
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
     * The agent is not there, or not as the device. Without the services: what would be said of them was true when the
     * will was made.
     *
     * @param bytes to have at most, as for {@link #birth}
     */
    byte[] end(String reason, long bytes) {
        Map<String, Object> document = document(false);
        document.put("reason", reason);
        return within(bytes, document);
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

    /** Reads what somebody published as this device's status; empty for what no agent would have written. */
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
