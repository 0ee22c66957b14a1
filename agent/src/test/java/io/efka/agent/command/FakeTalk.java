package io.efka.agent.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.agent.command.handler.Talk;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Services that answer when the test says so. */
public final class FakeTalk implements Talk {
    public final List<Call> calls = new ArrayList<>();

    public final List<JsonObject> configured = new ArrayList<>();
    public CompletableFuture<Heard> taken = new CompletableFuture<>();

    public record Call(
            ServiceId service, String name, JsonElement args, Duration timeout, CompletableFuture<Heard> answer) {}

    @Override
    public CompletableFuture<Heard> call(ServiceId service, String name, JsonElement args, Duration timeout) {
        var call = new Call(service, name, args, timeout, new CompletableFuture<>());
        calls.add(call);
        return call.answer();
    }

    @Override
    public JsonObject configuration(ServiceId service) {
        var document = new JsonObject();
        document.addProperty("version", 7);
        document.add("config", new JsonObject());
        return document;
    }

    @Override
    public CompletableFuture<Heard> configure(Manifest manifest, JsonObject config) {
        configured.add(config);
        return taken;
    }
}
