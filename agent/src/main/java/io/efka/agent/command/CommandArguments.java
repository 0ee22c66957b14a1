package io.efka.agent.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.CommandException;
import io.efka.protocol.Durations;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.Signal;
import io.efka.protocol.Spelling;
import io.efka.protocol.json.JsonExcerpt;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The arguments of a command, read by name and type. A key that is {@code null} counts as missing. A value of the wrong
 * type is refused as {@code bad_argument}; the message names the key, the value and what is expected. Immutable, as long
 * as nobody changes the object it was made from.
 */
public final class CommandArguments {
    // 18 digits always fit a long, and nothing an argument counts needs more.
    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,18}");

    // A typing error makes one or two; more is garbage, which the reply need not repeat.
    private static final int MAX_WARNINGS = 16;

    private final String path;
    private final JsonObject object;

    CommandArguments(JsonObject object) {
        this("", object);
    }

    private CommandArguments(String path, JsonObject object) {
        this.path = path;
        this.object = object;
    }

    /** A command's payload. */
    public static CommandArguments of(JsonObject payload) {
        return new CommandArguments(payload);
    }

    /** No argument at all. */
    public static CommandArguments none() {
        return new CommandArguments(new JsonObject());
    }

    public Set<String> keys() {
        return object.keySet();
    }

    public Optional<String> string(String key) throws CommandException {
        Optional<JsonElement> value = value(key);
        if (value.isEmpty()) return Optional.empty();
        if (value.get() instanceof JsonPrimitive primitive && primitive.isString()) {
            return Optional.of(primitive.getAsString());
        }
        throw wrong(key, "a string");
    }

    /** A string that must be given, or a list of them. */
    public List<String> texts(String key, String right) throws CommandException {
        Optional<JsonElement> value = value(key);
        if (value.isEmpty() || !(value.get() instanceof JsonArray array)) return List.of(required(key, right));
        var texts = new ArrayList<String>();
        for (JsonElement element : array) {
            if (!(element instanceof JsonPrimitive item && item.isString())) throw wrong(key, right);
            texts.add(element.getAsString());
        }
        return texts;
    }

    /** @param right what would be right, for the message: {@code a signal's name, as in "HUP"} */
    public String required(String key, String right) throws CommandException {
        Optional<String> value = string(key);
        if (value.isPresent()) return value.get();
        throw wrong(key, right);
    }

    public OptionalLong whole(String key, long min, long max) throws CommandException {
        Optional<JsonElement> value = value(key);
        if (value.isEmpty()) return OptionalLong.empty();
        if (value.get() instanceof JsonPrimitive primitive
                && primitive.isNumber()
                && WHOLE.matcher(primitive.getAsString()).matches()) {
            long number = Long.parseLong(primitive.getAsString());
            if (number >= min && number <= max) return OptionalLong.of(number);
        }
        throw wrong(key, "a whole number from " + min + " to " + max);
    }

    public Optional<Instant> time(String key) throws CommandException {
        return time(key, "a time as in \"2026-11-22T10:00:00Z\"");
    }

    /** A time, or how long it is ago: {@code "1h"}. */
    public Optional<Instant> pastTime(String key, Instant now) throws CommandException {
        Optional<Instant> past = string(key).flatMap(Durations::parse).map(now::minus);
        return past.isPresent()
                ? past
                : time(key, "a time as in \"2026-11-22T10:00:00Z\", or how long ago it was, as in \"1h\"");
    }

    private Optional<Instant> time(String key, String expected) throws CommandException {
        Optional<String> text = string(key);
        if (text.isEmpty()) return Optional.empty();
        try {
            return Optional.of(OffsetDateTime.parse(text.get()).toInstant());
        } catch (DateTimeParseException e) {
            throw wrong(key, expected);
        }
    }

    /** The name of a signal, with or without {@code SIG}. */
    public Optional<Signal> signal(String key) throws CommandException {
        Optional<String> name = string(key);
        if (name.isEmpty()) return Optional.empty();
        Optional<Signal> signal = Signal.named(name.get());
        if (signal.isEmpty()) throw wrongSignal(key);
        return signal;
    }

    /** The name of a signal, which must be given. */
    public Signal requiredSignal(String key) throws CommandException {
        Optional<Signal> signal = signal(key);
        if (signal.isEmpty()) throw wrongSignal(key);
        return signal.get();
    }

    private CommandException wrongSignal(String key) {
        return wrong(key, "a signal's name, one of " + List.of(Signal.values()));
    }

    /** Any JSON value. */
    public Optional<JsonElement> any(String key) {
        return value(key);
    }

    public boolean flag(String key, boolean otherwise) throws CommandException {
        return value(key).isPresent() ? flag(key) : otherwise;
    }

    /** A flag that must be given. */
    public boolean flag(String key) throws CommandException {
        if (object.get(key) instanceof JsonPrimitive primitive && primitive.isBoolean())
            return primitive.getAsBoolean();
        throw wrong(key, "true or false");
    }

    /** The arguments within an object; messages then name {@code key.inner}. */
    public Optional<CommandArguments> object(String key) throws CommandException {
        Optional<JsonElement> value = value(key);
        if (value.isEmpty()) return Optional.empty();
        if (value.get() instanceof JsonObject inner) return Optional.of(new CommandArguments(path + key + ".", inner));
        throw wrong(key, "an object");
    }

    /** The whole object, a copy. */
    public JsonObject content() {
        return object.deepCopy();
    }

    /** The whole object as JSON text. */
    public String json() {
        return object.toString();
    }

    /** One sentence for every key that is not among {@code known}, 16 at most. */
    public List<String> warnUnknown(Collection<String> known) {
        var warnings = new ArrayList<String>();
        for (String key : object.keySet()) {
            if (!known.contains(key) && warnings.size() < MAX_WARNINGS) {
                warnings.add(
                        "unknown argument " + JsonExcerpt.of(path + key) + " was ignored" + Spelling.hint(key, known));
            }
        }
        return warnings;
    }

    public CommandException wrong(String key, String right) {
        String was = value(key).map(value -> JsonExcerpt.of(value)).orElse("missing");
        return CommandException.of(ErrorCode.BAD_ARGUMENT, new Fault(path + key, was, "must be " + right));
    }

    private Optional<JsonElement> value(String key) {
        return Optional.ofNullable(object.get(key)).filter(value -> !value.isJsonNull());
    }
}
