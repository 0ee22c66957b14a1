package io.efka.agent.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.agent.supervision.Request.Outcome;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceStatus;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What became of a command, before it is put into a reply. */
public sealed interface CommandResult {
    /** What the reply says beside its common keys. */
    ReplyFields fields();

    /** The same verdict with other fields. */
    CommandResult with(ReplyFields others);

    record Done(ReplyFields fields) implements CommandResult {
        @Override
        public CommandResult with(ReplyFields others) {
            return new Done(others);
        }
    }

    record Failed(ErrorCode code, String message, ReplyFields fields) implements CommandResult {
        @Override
        public CommandResult with(ReplyFields others) {
            return new Failed(code, message, others);
        }

        /** As a reply's {@code error}. */
        public ReplyFields error() {
            return ReplyFields.NONE.and("code", code.word()).and("message", message);
        }
    }

    static CommandResult done() {
        return new Done(ReplyFields.NONE);
    }

    static CommandResult failed(ErrorCode code, String message) {
        return new Failed(code, message, ReplyFields.NONE);
    }

    static CommandResult refused(CommandException refusal) {
        return new Failed(refusal.code(), refusal.reason(), ReplyFields.NONE.andFaults(refusal.faults()));
    }

    /** A service as it is now. */
    static CommandResult of(ServiceStatus status) {
        return new Done(state(status));
    }

    static CommandResult of(Outcome outcome) {
        if (outcome instanceof Outcome.Rejected rejected) {
            ReplyFields fields =
                    state(rejected.status()).andFaults(rejected.status().faults());
            return new Failed(rejected.reason(), rejected.message(), fields);
        }
        return of(((Outcome.Done) outcome).status());
    }

    /** This answer, with warnings where there are any. */
    default CommandResult warning(List<String> warnings) {
        return warnings.isEmpty() ? this : with(fields().andWarnings(warnings));
    }

    private static ReplyFields state(ServiceStatus status) {
        ReplyFields fields = ReplyFields.NONE.and("state", status.state().name().toLowerCase(Locale.ROOT));
        if (status.pid().isPresent()) fields = fields.and("pid", status.pid().getAsLong());
        return fields.andWarnings(status.warnings());
    }

    /** Keys and values of a reply, in the order in which they were given. Immutable. */
    static final class ReplyFields {
        public static final ReplyFields NONE = new ReplyFields(new JsonObject());

        private final JsonObject object;

        private ReplyFields(JsonObject object) {
            this.object = object;
        }

        /** @param document not changed by anybody from now on */
        public static ReplyFields of(JsonObject document) {
            return new ReplyFields(document);
        }

        public ReplyFields and(String key, String value) {
            return and(key, new JsonPrimitive(value));
        }

        public ReplyFields and(String key, long value) {
            return and(key, new JsonPrimitive(value));
        }

        public ReplyFields and(String key, boolean value) {
            return and(key, new JsonPrimitive(value));
        }

        /** Empty: null. */
        public ReplyFields and(String key, Optional<String> value) {
            return and(key, value.<JsonElement>map(JsonPrimitive::new).orElse(JsonNull.INSTANCE));
        }

        public ReplyFields and(String key, ReplyFields value) {
            return and(key, value.object);
        }

        public ReplyFields and(String key, Collection<ReplyFields> values) {
            var array = new JsonArray();
            values.forEach(value -> array.add(value.object));
            return and(key, array);
        }

        ReplyFields andFaults(List<Fault> faults) {
            if (faults.isEmpty()) return this;
            return and("faults", faults.stream().map(ReplyFields::of).toList());
        }

        /** These sentences, behind those that are there. */
        ReplyFields andWarnings(List<String> warnings) {
            if (warnings.isEmpty()) return this;
            JsonArray all =
                    object.has("warnings") ? object.getAsJsonArray("warnings").deepCopy() : new JsonArray();
            warnings.forEach(all::add);
            return and("warnings", all);
        }

        /** All of {@code others}, but for keys that are here. */
        public ReplyFields andAll(ReplyFields others) {
            JsonObject more = object.deepCopy();
            others.object.entrySet().stream()
                    .filter(field -> !more.has(field.getKey()))
                    .forEach(field -> more.add(field.getKey(), field.getValue()));
            return new ReplyFields(more);
        }

        /** Those of {@code keys} that are here. */
        ReplyFields only(List<String> keys) {
            var some = new JsonObject();
            keys.stream().filter(object::has).forEach(key -> some.add(key, object.get(key)));
            return new ReplyFields(some);
        }

        /** Each value as JSON. */
        Map<String, ?> asMap() {
            return object.asMap();
        }

        /** As JSON. */
        String text() {
            return object.toString();
        }

        private static ReplyFields of(Fault fault) {
            return NONE.and("key", fault.key()).and("value", fault.value()).and("expected", fault.expected());
        }

        /** @param value must not change any more */
        public ReplyFields and(String key, JsonElement value) {
            // Shallow: what is inside is never changed again.
            var more = new JsonObject();
            object.entrySet().forEach(field -> more.add(field.getKey(), field.getValue()));
            more.add(key, value);
            return new ReplyFields(more);
        }
    }
}
