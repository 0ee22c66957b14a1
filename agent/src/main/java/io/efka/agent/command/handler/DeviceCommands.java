package io.efka.agent.command.handler;

import com.google.gson.JsonObject;
import io.efka.agent.command.Command;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.command.CommandTable.CommandSpec;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.json.JsonWriter;
import io.efka.threads.Timers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** Commands to the device itself. */
public final class DeviceCommands {
    private final ServiceRegistry services;
    private final Function<ServiceStatus, JsonObject> status;
    private final Supplier<JsonObject> info;
    private final Supplier<JsonObject> metrics;
    private final RetainedTopics retained;
    private final Timers timers;

    /**
     * The suppliers run on the pool; each returns a new object.
     *
     * @param status of one service
     * @param info of the agent and its machine
     * @param metrics of the machine, now
     * @param retained what a decommissioned device clears
     */
    public DeviceCommands(
            ServiceRegistry services,
            Function<ServiceStatus, JsonObject> status,
            Supplier<JsonObject> info,
            Supplier<JsonObject> metrics,
            RetainedTopics retained,
            Timers timers) {
        this.services = services;
        this.status = status;
        this.info = info;
        this.metrics = metrics;
        this.retained = retained;
        this.timers = timers;
    }

    CompletableFuture<CommandResult> ping(Command command) {
        return done(ReplyFields.NONE.and("pong", true).and("time", JsonWriter.timestamp(timers.now())));
    }

    CompletableFuture<CommandResult> info(Command command) {
        return done(ReplyFields.NONE.and("info", ReplyFields.of(info.get())));
    }

    CompletableFuture<CommandResult> metrics(Command command) {
        return done(ReplyFields.NONE.and("metrics", ReplyFields.of(metrics.get())));
    }

    CompletableFuture<CommandResult> list(Command command) {
        return done(ReplyFields.NONE.and(
                "services",
                services.list().stream().map(status).map(ReplyFields::of).toList()));
    }

    /** The agent ends after the reply: see {@link CommandSpec#afterwards()}. */
    CompletableFuture<CommandResult> shutdown(Command command) throws CommandException {
        if (!command.arguments().flag("forget", false)) return CompletableFuture.completedFuture(CommandResult.done());
        return retained.clear().thenApply(DeviceCommands::forgotten);
    }

    private static CommandResult forgotten(RetainedTopics.Cleared cleared) {
        ReplyFields fields = ReplyFields.NONE.and("cleared", cleared.count());
        if (cleared.left().isEmpty()) return new CommandResult.Done(fields);
        ReplyFields left = ReplyFields.NONE;
        for (Map.Entry<String, String> one : cleared.left().entrySet()) left = left.and(one.getKey(), one.getValue());
        String warning = "the broker may still have " + cleared.left().size() + " retained topics of this device";
        return new CommandResult.Done(fields.and("left", left)).warning(List.of(warning));
    }

    private static CompletableFuture<CommandResult> done(ReplyFields fields) {
        return CompletableFuture.completedFuture(new CommandResult.Done(fields));
    }
}
