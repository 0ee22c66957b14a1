package io.efka.agent.command.handler;

import io.efka.agent.command.Command;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandTable;
import io.efka.agent.command.ReplyFields;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.protocol.json.JsonWriter;
import io.efka.threads.Timers;
import java.util.concurrent.CompletableFuture;

/** The commands of the device itself. */
final class DeviceCommands {
    private final ServiceRegistry supervision;
    private final Documents documents;
    private final Timers timers;

    DeviceCommands(ServiceRegistry supervision, Documents documents, Timers timers) {
        this.supervision = supervision;
        this.documents = documents;
        this.timers = timers;
    }

    CompletableFuture<CommandResult> ping(Command command) {
        return answered(ReplyFields.NONE.and("pong", true).and("time", JsonWriter.timestamp(timers.now())));
    }

    CompletableFuture<CommandResult> info(Command command) {
        return answered(ReplyFields.NONE.and("info", documents.ofAgent()));
    }

    CompletableFuture<CommandResult> metrics(Command command) {
        return answered(ReplyFields.NONE.and("metrics", documents.ofMachine()));
    }

    CompletableFuture<CommandResult> list(Command command) {
        return answered(ReplyFields.NONE.and(
                "services", supervision.list().stream().map(documents::of).toList()));
    }

    /** The end itself comes after the reply: see {@link CommandTable.Row#afterwards()}. */
    CompletableFuture<CommandResult> shutdown(Command command) {
        return CompletableFuture.completedFuture(CommandResult.done());
    }

    private static CompletableFuture<CommandResult> answered(ReplyFields fields) {
        return CompletableFuture.completedFuture(new CommandResult.Done(fields));
    }
}
