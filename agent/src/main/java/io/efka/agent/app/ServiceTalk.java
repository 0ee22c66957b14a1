package io.efka.agent.app;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.channel.CallResult;
import io.efka.agent.channel.ServiceChannels;
import io.efka.agent.command.handler.Talk;
import io.efka.agent.supervision.ConfigStore.Configuration;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Channels as commands see them: what services do not answer, with the codes of the protocol. */
record ServiceTalk(ServiceChannels channels) implements Talk {
    @Override
    public CompletableFuture<Heard> call(ServiceId service, String name, JsonElement args, Duration timeout) {
        return channels.call(service, name, args, timeout)
                .thenApply(answered -> heard(answered, ErrorCode.CALL_FAILED));
    }

    @Override
    public JsonObject configuration(ServiceId service) {
        Configuration newest = channels.configuration(service);
        var document = new JsonObject();
        document.addProperty("version", newest.version());
        document.add("config", JsonParser.parseString(newest.json()));
        return document;
    }

    @Override
    public CompletableFuture<Heard> configure(Manifest manifest, JsonObject config) {
        return channels.configure(manifest, config).thenApply(answered -> heard(answered, ErrorCode.CONFIG_REFUSED));
    }

    private static Heard heard(CallResult answered, ErrorCode refusal) {
        if (answered instanceof CallResult.Done done) return new Heard.Result(done.value());
        if (answered instanceof CallResult.Refused refused) {
            return new Heard.Failure(refusal, refused.message());
        }
        var silent = (CallResult.Unanswered) answered;
        ErrorCode code = switch (silent.why()) {
            case NO_CHANNEL -> ErrorCode.NO_CHANNEL;
            case TIMEOUT -> ErrorCode.TIMEOUT;
            case BUSY -> ErrorCode.BUSY;
            case DISK_FULL -> ErrorCode.DISK_FULL;
            case FAILED -> ErrorCode.INTERNAL;
        };
        return new Heard.Failure(code, silent.message());
    }
}
