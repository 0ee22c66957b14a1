package io.efka.agent.command.handler;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Speaks with services over their channels. Thread-safe; never blocks. */
public interface Talk {

    /**
     * Asks a service to do something of its own.
     *
     * @param name of what it is to do
     * @param args any JSON value
     * @return completes with its answer, or with why there is none, after {@code timeout} at the latest
     */
    CompletableFuture<Heard> call(ServiceId service, String name, JsonElement args, Duration timeout);

    /** {@code version} and {@code config}: what a service is told about how to work. */
    JsonObject configuration(ServiceId service);

    /**
     * Tells a service to work otherwise.
     *
     * @return completes with {@code version}, {@code config} and whether the service has {@code applied} it already, or
     *     with why it is not kept
     */
    CompletableFuture<Heard> configure(Manifest manifest, JsonObject config);

    /** What was heard. */
    sealed interface Heard {
        /** The service has done it. */
        record Result(JsonElement value) implements Heard {}

        /** It has not, or nobody knows. */
        record Failure(ErrorCode code, String message) implements Heard {}
    }
}
