package io.efka.agent.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.agent.channel.ServiceCalls;
import io.efka.agent.channel.ServiceCalls.CallResult;
import io.efka.agent.supervision.ConfigStore.Configuration;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Services that answer when the test says so. */
public final class FakeCalls implements ServiceCalls {
    public final List<Call> calls = new ArrayList<>();

    public final List<JsonObject> configured = new ArrayList<>();
    public CompletableFuture<CallResult> taken = new CompletableFuture<>();

    public record Call(
            ServiceId service, String name, JsonElement args, Duration timeout, CompletableFuture<CallResult> answer) {}

    @Override
    public CompletableFuture<CallResult> call(ServiceId service, String name, JsonElement args, Duration timeout) {
        var call = new Call(service, name, args, timeout, new CompletableFuture<>());
        calls.add(call);
        return call.answer();
    }

    @Override
    public Configuration configuration(ServiceId service) {
        return new Configuration(7, "{}");
    }

    @Override
    public CompletableFuture<CallResult> configure(Manifest manifest, JsonObject config) {
        configured.add(config);
        return taken;
    }
}
