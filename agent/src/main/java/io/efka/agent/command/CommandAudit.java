package io.efka.agent.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.agent.command.CommandTable.CommandSpec;
import io.efka.agent.command.CommandTable.Kind;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.json.JsonExcerpt;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Writes one line for every command that changes something, done or refused: which one it was, how it came, and what became of
 * it. No line has anything of a payload but its id: it may hold passwords. Thread-safe.
 */
public final class CommandAudit {
    /** The logger of these lines; {@code audit} in the log. */
    public static final String LOGGER = "efka.audit";

    /** Their messages quote the payload, or are the service's own. */
    private static final Set<ErrorCode> QUOTING = EnumSet.of(
            ErrorCode.BAD_PAYLOAD,
            ErrorCode.BAD_ARGUMENT,
            ErrorCode.INVALID_MANIFEST,
            ErrorCode.CALL_FAILED,
            ErrorCode.CONFIG_REFUSED,
            ErrorCode.LAUNCH_FAILED);

    // A line that somebody can still read; the reply has them all.
    private static final int MAX_ACTIONS = 20;

    private static final Pattern PLAIN = Pattern.compile("[\\w./:@+-]{1,200}");

    private final Consumer<String> log;

    /** @param log takes a line; must not block */
    public CommandAudit(Consumer<String> log) {
        this.log = log;
    }

    /** A command was done or refused; one that only asks is not written down. */
    void done(Command command, CommandSpec spec, CommandResult result, Instant now) {
        if (spec.kind() == Kind.QUERY) return;
        String repeated = command.isRepeated() ? " repeated=true" : "";
        log.accept(line(command.header(), result, now) + repeated);
    }

    /** A command was refused before it could be run. */
    void refused(Command.Header header, Optional<CommandSpec> spec, CommandResult refusal, Instant now) {
        if (spec.filter(known -> known.kind() == Kind.QUERY).isPresent()) return;
        log.accept(line(header, refusal, now));
    }

    private static String line(Command.Header header, CommandResult result, Instant now) {
        var line = new StringJoiner(" ");
        line.add("command=" + word(header.name()));
        header.service().ifPresent(service -> line.add("service=" + word(service)));
        header.id().ifPresent(id -> line.add("id=" + word(id)));
        line.add(outcome(result));
        // Not negative, even if the wall clock was set back meanwhile.
        long took = Math.max(0, Duration.between(header.arrived(), now).toMillis());
        line.add("took=" + took + "ms");
        actions(result).ifPresent(actions -> line.add("actions=" + actions));
        if (result.fields().asMap().get("cleared") instanceof JsonPrimitive cleared) line.add("cleared=" + cleared);
        if (result.fields().asMap().get("left") instanceof JsonObject left) line.add("left=" + left.size());
        line.add("topic=" + word(header.topic()));
        line.add("reply_to=" + word(header.replyTo().topic()));
        return line.toString();
    }

    private static String outcome(CommandResult result) {
        if (!(result instanceof CommandResult.Failed failed)) return "ok=true";
        String code = "ok=false code=" + failed.code().word();
        return QUOTING.contains(failed.code()) ? code : code + " message=" + JsonExcerpt.of(failed.message());
    }

    /** What an apply did to which service; those that stayed as they were are left out. */
    private static Optional<String> actions(CommandResult result) {
        if (!(result.fields().asMap().get("actions") instanceof JsonArray actions)) return Optional.empty();
        var changes = new StringJoiner(",");
        int count = 0;
        for (JsonElement element : actions) {
            JsonObject action = element.getAsJsonObject();
            String what = action.get("action").getAsString();
            if (what.equals("unchanged")) continue;
            boolean failed = !action.get("ok").getAsBoolean();
            if (count++ < MAX_ACTIONS) {
                changes.add(action.get("service").getAsString() + ":" + what + (failed ? ":failed" : ""));
            }
        }
        if (count == 0) return Optional.of("none");
        return Optional.of(
                count > MAX_ACTIONS ? changes + ",and " + (count - MAX_ACTIONS) + " more" : changes.toString());
    }

    /** What a sender chose must not look like another key of the line. */
    private static String word(String text) {
        return PLAIN.matcher(text).matches() ? text : JsonExcerpt.of(text);
    }
}
