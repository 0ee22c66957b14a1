package io.efka.agent.channel;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.protocol.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** A line that the agent sends to a service: its bytes, with the line end. */
record AgentLine(byte[] bytes) {

    static AgentLine attached(String service, long version, JsonElement config) {
        JsonObject line = line("attached");
        line.addProperty("service", service);
        line.addProperty("version", version);
        line.add("config", config);
        return of(line);
    }

    static AgentLine error(String code, String message) {
        JsonObject line = line("error");
        line.addProperty("code", code);
        line.addProperty("message", message);
        return of(line);
    }

    static AgentLine config(String id, long version, JsonElement config) {
        JsonObject line = line("config");
        line.addProperty("id", id);
        line.addProperty("version", version);
        line.add("config", config);
        return of(line);
    }

    static AgentLine call(String id, String name, JsonElement args) {
        JsonObject line = line("call");
        line.addProperty("id", id);
        line.addProperty("name", name);
        line.add("args", args);
        return of(line);
    }

    static AgentLine held(Instant until) {
        JsonObject line = line("held");
        line.addProperty("until", JsonWriter.timestamp(until));
        return of(line);
    }

    static AgentLine stop(Duration grace) {
        JsonObject line = line("stop");
        line.addProperty("grace_ms", grace.toMillis());
        return of(line);
    }

    private static JsonObject line(String type) {
        var line = new JsonObject();
        line.addProperty("type", type);
        return line;
    }

    private static AgentLine of(JsonObject line) {
        return new AgentLine((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
