package io.efka.agent.channel;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.agent.supervision.ConfigStore.Configuration;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Calls services over their channels. Thread-safe; never blocks. */
public interface ServiceCalls {

    /**
     * Calls a function of a service.
     *
     * @param args any JSON value
     * @return completes with the service's result, or with the reason why there is none, after {@code timeout} at the
     *     latest
     */
    CompletableFuture<CallResult> call(ServiceId service, String name, JsonElement args, Duration timeout);

    /** The service's configuration. */
    Configuration configuration(ServiceId service);

    /**
     * Changes a service's configuration. One that the service refuses is not stored.
     *
     * @return completes with {@code version}, {@code config} and {@code applied} (whether a running service has
     *     accepted it), or with the reason why it is not stored; within ten seconds, plus the time for the disk and
     *     earlier changes
     */
    CompletableFuture<CallResult> configure(Manifest manifest, JsonObject config);

    /** The outcome of a call. */
    sealed interface CallResult {

        /** The service answered. */
        record Done(JsonElement value) implements CallResult {}

        /** The service refused, with its own message. */
        record Refused(String message) implements CallResult {}

        /**
         * There is no answer.
         *
         * @param code {@code NO_CHANNEL}: there is none, or it was closed before the answer; {@code TIMEOUT}: the
         *     service may or may not have acted on the call; {@code DISK_FULL}: nothing was changed; {@code BUSY}: too
         *     many calls are unanswered, so this one was not sent; {@code INTERNAL}: a fault of the agent
         */
        record Unanswered(ErrorCode code, String message) implements CallResult {}
    }
}
