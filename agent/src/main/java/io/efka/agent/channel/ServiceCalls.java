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
     * @return completes with the service's result, or with why there is none, after {@code timeout} at the latest
     */
    CompletableFuture<CallResult> call(ServiceId service, String name, JsonElement args, Duration timeout);

    /** The service's configuration. */
    Configuration configuration(ServiceId service);

    /**
     * Changes a service's configuration; one that the service refuses is not kept.
     *
     * @return completes with {@code version}, {@code config} and whether a running service has {@code applied} it, or with
     *     why it is not kept; within ten seconds, plus the time of its disk and of earlier changes
     */
    CompletableFuture<CallResult> configure(Manifest manifest, JsonObject config);

    /** What became of a question to a service. */
    sealed interface CallResult {

        /** It went well. */
        record Done(JsonElement value) implements CallResult {}

        /** The service said no, and why. */
        record Refused(String message) implements CallResult {}

        /**
         * There is no answer.
         *
         * @param code {@code NO_CHANNEL}: there is none, or it was closed before the answer; {@code TIMEOUT}: whether the
         *     question took effect is unknown; {@code DISK_FULL}: nothing was changed; {@code BUSY}: so many questions are
         *     unanswered that this one was not asked; {@code INTERNAL}: a fault of the agent
         */
        record Unanswered(ErrorCode code, String message) implements CallResult {}
    }
}
