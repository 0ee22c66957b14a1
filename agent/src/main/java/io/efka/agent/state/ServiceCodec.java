package io.efka.agent.state;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.efka.agent.supervision.ServiceRecord;
import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.ServiceRecord.Oneshot;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.protocol.Exit;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.ServiceStatus.LastExit;
import io.efka.protocol.Signal;
import io.efka.protocol.json.JsonFields;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A service's record as a JSON document. Fields it does not know are ignored; a version it does not know is refused. Work
 * directories in the data folder are written relative to it, so that it can be moved with all its services. A registered
 * folder is elsewhere and stays absolute.
 */
final class ServiceCodec {
    private static final int VERSION = 1;

    private final Path data;

    /** @param data the data folder, wherever it is now */
    ServiceCodec(Path data) {
        this.data = data.toAbsolutePath().normalize();
    }

    String encode(ServiceRecord service) {
        var json = new JsonObject();
        json.addProperty("v", VERSION);
        json.addProperty("service", service.id().value());
        json.addProperty("work_dir", written(service.workDir()));
        json.addProperty("desired", service.desired().name());
        json.addProperty("autostart", service.autostart());
        service.run().ifPresent(run -> json.add("run", encode(run)));
        json.add("history", encode(service.history()));
        service.lastExit().ifPresent(last -> json.add("last_exit", encode(last)));
        if (!service.oneshot().equals(Oneshot.NEW)) json.add("oneshot", encode(service.oneshot()));
        return json.toString();
    }

    private static JsonObject encode(Oneshot oneshot) {
        var json = new JsonObject();
        json.addProperty("outcome", oneshot.outcome().name());
        oneshot.handled().ifPresent(due -> json.addProperty("handled", due.toString()));
        json.addProperty("skipped", oneshot.skipped());
        json.addProperty("missed", oneshot.missed());
        return json;
    }

    private static JsonObject encode(RunRecord run) {
        var json = new JsonObject();
        json.addProperty("run", run.run().value());
        json.addProperty("since", run.since().toString());
        run.process().ifPresent(process -> {
            json.addProperty("pid", process.pid());
            json.addProperty("start_ticks", process.startTicks());
            json.addProperty("boot_id", process.bootId());
        });
        run.group().ifPresent(group -> json.addProperty("group", group));
        if (run.ready()) json.addProperty("ready", true);
        if (run.commanded()) json.addProperty("commanded", true);
        return json;
    }

    private static JsonObject encode(History history) {
        var failures = new JsonArray();
        for (Instant failure : history.failures()) failures.add(failure.toString());
        var json = new JsonObject();
        json.add("failures", failures);
        json.addProperty("consecutive", history.consecutive());
        json.addProperty("restarts", history.restarts());
        return json;
    }

    private static JsonObject encode(LastExit last) {
        Exit exit = last.exit();
        var json = new JsonObject();
        json.addProperty("run", last.run().value());
        exit.code().ifPresent(code -> json.addProperty("code", code));
        exit.signal().ifPresent(signal -> json.addProperty("signal", signal.name()));
        json.addProperty("oom", exit.oom());
        json.addProperty("at", exit.at().toString());
        json.addProperty("tail", exit.tail());
        return json;
    }

    /** @throws IllegalArgumentException saying which field is wrong, and how */
    ServiceRecord decode(String document) {
        JsonObject json = JsonFields.document(document, VERSION);
        var id = new ServiceId(JsonFields.text(json, "service"));
        return new ServiceRecord(
                id,
                workDir(id, JsonFields.text(json, "work_dir")),
                JsonFields.choice(json, "desired", Desired.class),
                JsonFields.flag(json, "autostart"),
                JsonFields.object(json, "run").map(ServiceCodec::decodeRun),
                JsonFields.object(json, "history")
                        .map(ServiceCodec::decodeHistory)
                        .orElse(History.CLEAN),
                JsonFields.object(json, "last_exit").map(ServiceCodec::decodeLastExit),
                JsonFields.object(json, "oneshot")
                        .map(ServiceCodec::decodeOneshot)
                        .orElse(Oneshot.NEW));
    }

    private static Oneshot decodeOneshot(JsonObject json) {
        Optional<Instant> handled =
                json.has("handled") ? Optional.of(JsonFields.instant(json, "handled")) : Optional.empty();
        return new Oneshot(
                JsonFields.choice(json, "outcome", Oneshot.Outcome.class),
                handled,
                JsonFields.number(json, "skipped").longValue(),
                JsonFields.number(json, "missed").longValue());
    }

    private String written(Path workDir) {
        return (workDir.startsWith(data) ? data.relativize(workDir) : workDir).toString();
    }

    /** Until 0.1.0 every path was written absolute: one in the folder's earlier place is found in its present one. */
    private Path workDir(ServiceId id, String written) {
        Path recorded = data.resolve(written).normalize();
        Path own = data.resolve(Path.of("services", id.value()));
        boolean hasMoved = recorded.endsWith(Path.of("services", id.value()))
                && !Files.exists(recorded, LinkOption.NOFOLLOW_LINKS)
                && Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS);
        return hasMoved ? own : recorded;
    }

    private static RunRecord decodeRun(JsonObject json) {
        Optional<ProcessIdentity> process = Optional.empty();
        if (json.has("pid")) {
            process = Optional.of(new ProcessIdentity(
                    JsonFields.number(json, "pid").longValue(),
                    JsonFields.number(json, "start_ticks").longValue(),
                    JsonFields.text(json, "boot_id")));
        }
        boolean ready = json.has("ready") && JsonFields.flag(json, "ready");
        boolean commanded = json.has("commanded") && JsonFields.flag(json, "commanded");
        Optional<String> group = json.has("group") ? Optional.of(JsonFields.text(json, "group")) : Optional.empty();
        return new RunRecord(
                new RunId(JsonFields.text(json, "run")),
                JsonFields.instant(json, "since"),
                process,
                ready,
                commanded,
                group);
    }

    private static History decodeHistory(JsonObject json) {
        List<Instant> failures = new ArrayList<>();
        for (String failure : JsonFields.texts(json, "failures")) failures.add(Instant.parse(failure));
        return new History(
                failures,
                JsonFields.number(json, "consecutive").intValue(),
                JsonFields.number(json, "restarts").intValue());
    }

    private static LastExit decodeLastExit(JsonObject json) {
        OptionalInt code = json.has("code")
                ? OptionalInt.of(JsonFields.number(json, "code").intValue())
                : OptionalInt.empty();
        Optional<Signal> signal =
                json.has("signal") ? Optional.of(JsonFields.choice(json, "signal", Signal.class)) : Optional.empty();
        var exit = new Exit(
                code,
                signal,
                JsonFields.flag(json, "oom"),
                JsonFields.instant(json, "at"),
                JsonFields.text(json, "tail"));
        return new LastExit(new RunId(JsonFields.text(json, "run")), exit);
    }
}
