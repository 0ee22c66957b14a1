package io.efka.agent.command.handler;

import com.google.gson.JsonObject;
import io.efka.agent.command.ReplyFields;
import io.efka.protocol.ServiceStatus;
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

    ReplyFields of(ServiceStatus service) {
        return ReplyFields.of(status.apply(service));
    }

    ReplyFields ofAgent() {
        return ReplyFields.of(info.get());
    }

    ReplyFields ofMachine() {
        return ReplyFields.of(metrics.get());
    }
}
