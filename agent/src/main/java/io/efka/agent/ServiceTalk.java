package io.efka.agent;

import com.google.gson.JsonElement;
import io.efka.agent.channel.Answered;
import io.efka.agent.channel.ServiceChannels;
import io.efka.agent.command.ErrorCode;
import io.efka.agent.command.Talk;
import io.efka.agent.service.ServiceId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Channels as commands see them: what services do not answer, with the codes of the protocol. */
record ServiceTalk(ServiceChannels channels) implements Talk {
    @Override
    public CompletableFuture<Heard> call(ServiceId service, String name, JsonElement args, Duration timeout) {
        return channels.call(service, name, args, timeout).thenApply(ServiceTalk::heard);
    }

    private static Heard heard(Answered answered) {
        if (answered instanceof Answered.Done done) return new Heard.Result(done.value());
        if (answered instanceof Answered.Refused refused) {
            return new Heard.Failure(ErrorCode.CALL_FAILED, refused.message());
        }
        var silent = (Answered.Unanswered) answered;
        ErrorCode code = switch (silent.why()) {
            case NO_CHANNEL -> ErrorCode.NO_CHANNEL;
            case TIMEOUT -> ErrorCode.TIMEOUT;
            case BUSY -> ErrorCode.BUSY;
        };
        return new Heard.Failure(code, silent.message());
    }
}
