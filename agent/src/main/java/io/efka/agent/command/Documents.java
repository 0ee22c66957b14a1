package io.efka.agent.command;

import com.google.gson.JsonObject;
import io.efka.agent.service.ServiceStatus;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The documents that replies carry, made by telemetry. Called on the pool; each returns an object of its own.
 *
 * @param status of one service
 * @param info of the agent and its machine
 * @param metrics of the machine, now
 */
public record Documents(
        Function<ServiceStatus, JsonObject> status, Supplier<JsonObject> info, Supplier<JsonObject> metrics) {

    Fields of(ServiceStatus service) {
        return Fields.of(status.apply(service));
    }

    Fields ofAgent() {
        return Fields.of(info.get());
    }

    Fields ofMachine() {
        return Fields.of(metrics.get());
    }
}
