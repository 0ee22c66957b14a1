package io.efka.agent.channel;

import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A living channel: whose it is, over which connection, and what is open on it. Thread-safe. */
record AttachedChannel(ServiceId service, RunId run, ChannelConnection connection, PendingCalls pendingCalls) {

    /**
     * Sends a line that the service is to answer.
     *
     * @param wording the line, for the id that the answer carries
     */
    CompletableFuture<CallResult> ask(Duration timeout, Function<String, AgentLine> wording) {
        PendingCalls.PendingCall call = pendingCalls.open(timeout);
        if (!call.answer().isDone() && !connection.send(wording.apply(call.id()))) {
            pendingCalls.complete(
                    call.id(),
                    new CallResult.Unanswered(CallResult.Why.NO_CHANNEL, "the service's channel has just been closed"));
        }
        return call.answer();
    }
}
