package io.efka.agent.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.agent.service.ServiceStatus;
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
        var fields = new JsonObject();
        fields.addProperty("pong", true);
        fields.addProperty("time", TIME.format(timers.now()));
        return CompletableFuture.completedFuture(new Answer.Done(fields));
    }

    CompletableFuture<Answer> info(Command command) {
        return document("info", documents.info().get());
    }

    CompletableFuture<Answer> metrics(Command command) {
        return document("metrics", documents.metrics().get());
    }

    CompletableFuture<Answer> list(Command command) {
        var services = new JsonArray();
        for (ServiceStatus status : supervision.list())
            services.add(documents.status().apply(status));
        return document("services", services);
    }

    /** The end itself comes after the reply: see {@link CommandTable.Row#afterwards()}. */
    CompletableFuture<Answer> shutdown(Command command) {
        return CompletableFuture.completedFuture(Answer.done());
    }

    private static CompletableFuture<Answer> document(String key, JsonElement document) {
        var fields = new JsonObject();
        fields.add(key, document);
        return CompletableFuture.completedFuture(new Answer.Done(fields));
    }
}
