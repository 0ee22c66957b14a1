package io.efka.agent.state;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
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
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

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
        JsonObject json = parse(document);
        int version = Fields.number(json, "v").intValue();
        if (version != VERSION) {
            throw new IllegalArgumentException("its version is " + version + ", this agent knows " + VERSION);
        }
        var id = new ServiceId(Fields.text(json, "service"));
        return new ServiceRecord(
                id,
                workDir(id, Fields.text(json, "work_dir")),
                Fields.choice(json, "desired", Desired.class),
                Fields.flag(json, "autostart"),
                Fields.object(json, "run").map(ServiceCodec::decodeRun),
                Fields.object(json, "history").map(ServiceCodec::decodeHistory).orElse(History.CLEAN),
                Fields.object(json, "last_exit").map(ServiceCodec::decodeLastExit),
                Fields.object(json, "oneshot").map(ServiceCodec::decodeOneshot).orElse(Oneshot.NEW));
    }

    private static Oneshot decodeOneshot(JsonObject json) {
        Optional<Instant> handled =
                json.has("handled") ? Optional.of(Fields.instant(json, "handled")) : Optional.empty();
        return new Oneshot(
                Fields.choice(json, "outcome", Oneshot.Outcome.class),
                handled,
                Fields.number(json, "skipped").longValue(),
                Fields.number(json, "missed").longValue());
    }

    private static JsonObject parse(String document) {
        try {
            JsonElement element = JsonParser.parseString(document);
            if (element instanceof JsonObject object) return object;
            throw new IllegalArgumentException("it must be a JSON object");
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("it is not JSON: " + e.getMessage(), e);
        }
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
                    Fields.number(json, "pid").longValue(),
                    Fields.number(json, "start_ticks").longValue(),
                    Fields.text(json, "boot_id")));
        }
        boolean ready = json.has("ready") && Fields.flag(json, "ready");
        boolean commanded = json.has("commanded") && Fields.flag(json, "commanded");
        Optional<String> group = json.has("group") ? Optional.of(Fields.text(json, "group")) : Optional.empty();
        return new RunRecord(
                new RunId(Fields.text(json, "run")), Fields.instant(json, "since"), process, ready, commanded, group);
    }

    private static History decodeHistory(JsonObject json) {
        List<Instant> failures = new ArrayList<>();
        for (String failure : Fields.texts(json, "failures")) failures.add(Instant.parse(failure));
        return new History(
                failures,
                Fields.number(json, "consecutive").intValue(),
                Fields.number(json, "restarts").intValue());
    }

    private static LastExit decodeLastExit(JsonObject json) {
        OptionalInt code =
                json.has("code") ? OptionalInt.of(Fields.number(json, "code").intValue()) : OptionalInt.empty();
        Optional<Signal> signal =
                json.has("signal") ? Optional.of(Fields.choice(json, "signal", Signal.class)) : Optional.empty();
        var exit =
                new Exit(code, signal, Fields.flag(json, "oom"), Fields.instant(json, "at"), Fields.text(json, "tail"));
        return new LastExit(new RunId(Fields.text(json, "run")), exit);
    }

    /** Fields of a JSON object, with errors that name them. */
    private static final class Fields {
        private Fields() {}

        static String text(JsonObject json, String name) {
            JsonElement element = json.get(name);
            if (element != null
                    && element.isJsonPrimitive()
                    && element.getAsJsonPrimitive().isString()) {
                return element.getAsString();
            }
            throw wrong(name, "a string", element);
        }

        static Number number(JsonObject json, String name) {
            JsonElement element = json.get(name);
            if (element != null
                    && element.isJsonPrimitive()
                    && element.getAsJsonPrimitive().isNumber()) {
                return element.getAsNumber();
            }
            throw wrong(name, "a number", element);
        }

        static boolean flag(JsonObject json, String name) {
            JsonElement element = json.get(name);
            if (element != null
                    && element.isJsonPrimitive()
                    && element.getAsJsonPrimitive().isBoolean()) {
                return element.getAsBoolean();
            }
            throw wrong(name, "true or false", element);
        }

        static Instant instant(JsonObject json, String name) {
            return Instant.parse(text(json, name));
        }

        static <E extends Enum<E>> E choice(JsonObject json, String name, Class<E> choices) {
            return Enum.valueOf(choices, text(json, name));
        }

        static Optional<JsonObject> object(JsonObject json, String name) {
            if (!json.has(name)) return Optional.empty();
            if (json.get(name) instanceof JsonObject object) return Optional.of(object);
            throw wrong(name, "an object", json.get(name));
        }

        static List<String> texts(JsonObject json, String name) {
            if (!(json.get(name) instanceof JsonArray array)) throw wrong(name, "a list", json.get(name));
            var texts = new ArrayList<String>();
            for (JsonElement element : array) texts.add(element.getAsString());
            return texts;
        }

        private static IllegalArgumentException wrong(String name, String expected, @Nullable JsonElement found) {
            return new IllegalArgumentException(name + " must be " + expected + ", was "
                    + (found == null ? "missing" : found.getClass().getSimpleName()));
        }
    }
}
