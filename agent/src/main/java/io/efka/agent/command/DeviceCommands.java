package io.efka.agent.command;

import io.efka.agent.service.Supervision;
import io.efka.agent.service.Timers;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletableFuture;

/** The commands of the device itself. */
final class DeviceCommands {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final Supervision supervision;
    private final Documents documents;
    private final Timers timers;

    DeviceCommands(Supervision supervision, Documents documents, Timers timers) {
        this.supervision = supervision;
        this.documents = documents;
        this.timers = timers;
    }

    CompletableFuture<Answer> ping(Command command) {
        return answered(Fields.NONE.and("pong", true).and("time", TIME.format(timers.now())));
    }

    CompletableFuture<Answer> info(Command command) {
        return answered(Fields.NONE.and("info", documents.ofAgent()));
    }

    CompletableFuture<Answer> metrics(Command command) {
        return answered(Fields.NONE.and("metrics", documents.ofMachine()));
    }

    CompletableFuture<Answer> list(Command command) {
        return answered(Fields.NONE.and(
                "services", supervision.list().stream().map(documents::of).toList()));
    }

    /** The end itself comes after the reply: see {@link CommandTable.Row#afterwards()}. */
    CompletableFuture<Answer> shutdown(Command command) {
        return CompletableFuture.completedFuture(Answer.done());
    }

    private static CompletableFuture<Answer> answered(Fields fields) {
        return CompletableFuture.completedFuture(new Answer.Done(fields));
    }
}
