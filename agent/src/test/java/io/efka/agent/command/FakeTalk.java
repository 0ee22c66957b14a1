package io.efka.agent.command;

import com.google.gson.JsonElement;
import io.efka.agent.service.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Services that answer when the test says so. */
final class FakeTalk implements Talk {
    final List<Call> calls = new ArrayList<>();

    record Call(ServiceId service, String name, JsonElement args, Duration timeout, CompletableFuture<Heard> answer) {}

    @Override
    public CompletableFuture<Heard> call(ServiceId service, String name, JsonElement args, Duration timeout) {
        var call = new Call(service, name, args, timeout, new CompletableFuture<>());
        calls.add(call);
        return call.answer();
    }
}
