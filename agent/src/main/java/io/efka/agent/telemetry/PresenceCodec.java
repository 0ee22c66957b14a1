package io.efka.agent.telemetry;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.efka.agent.service.ServiceStatus;
import io.efka.agent.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Writes and reads the device's status document: birth, will and farewell. */
public final class PresenceCodec {
    /** The reason of a farewell: the agent ended gracefully. */
    static final String SHUTDOWN = "shutdown";

    /** The reason of a will: the broker lost the agent. */
    static final String LOST = "lost";

    /** The reason of a question (never retained): a living agent of this device answers it with its birth. */
    static final String ASKING = "asking";

    private final Identity identity;
    private final Machine machine;
    private final Topics topics;

    public PresenceCodec(Identity identity, Machine machine, Topics topics) {
        this.identity = identity;
        this.machine = machine;
        this.topics = topics;
    }

    Identity identity() {
        return identity;
    }

    String host() {
        return machine.host();
    }

    /**
     * The agent is there.
     *
     * @param number of this birth, grows within the session
     * @param services how many there are in each state
     */
    byte[] birth(long number, Map<ServiceStatus.State, Integer> services) {
        JsonObject json = document(true);
        json.addProperty("birth", number);
        var counts = new LinkedHashMap<String, Integer>();
        for (ServiceStatus.State state : ServiceStatus.State.values()) {
            counts.put(StatusCodec.word(state), services.getOrDefault(state, 0));
        }
        json.add("services", JsonCodec.object(counts));
        return JsonCodec.bytes(json);
    }

    /** The agent is not there, or not as the device. Without the services: what would be said of them was true when the will was made. */
    byte[] end(String reason) {
        JsonObject json = document(false);
        json.addProperty("reason", reason);
        return JsonCodec.bytes(json);
    }

    private JsonObject document(boolean online) {
        var json = new JsonObject();
        json.addProperty("v", 1);
        json.addProperty("device", topics.device().value());
        json.addProperty("online", online);
        json.addProperty("session", identity.session());
        json.addProperty("instance", identity.instance());
        json.addProperty("version", identity.version().value());
        json.addProperty("host", machine.host());
        json.addProperty("os", machine.os());
        json.addProperty("java", machine.java());
        json.add("groups", JsonCodec.value(topics.groups()));
        json.add("boot_at", JsonCodec.value(machine.bootAt()));
        json.addProperty("started_at", JsonCodec.timestamp(identity.startedAt()));
        return json;
    }

    /** Reads what somebody published as this device's status; empty for what no agent would have written. */
    static Optional<Sighting> read(byte[] payload) {
        try {
            JsonObject json = JsonParser.parseString(new String(payload, StandardCharsets.UTF_8))
                    .getAsJsonObject();
            return Optional.of(new Sighting(
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
