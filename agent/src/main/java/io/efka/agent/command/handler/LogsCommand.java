package io.efka.agent.command.handler;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.efka.agent.command.Command;
import io.efka.agent.command.CommandArguments;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.command.CommandTable;
import io.efka.agent.supervision.Logs;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import io.efka.protocol.json.JsonWriter;
import io.efka.protocol.json.Utf8;
import io.efka.threads.Timers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code logs}: reads back what a service wrote. */
public final class LogsCommand implements CommandTable.Handler {
    /** As base 64 has it at most. */
    private static final long LARGEST_TEXT = Logs.LARGEST_PAGE * 4L / 3;
    /** JSON's six characters for one. */
    private static final int ESCAPE = 5;

    private final ServiceRequests services;
    private final Logs logs;
    private final Timers timers;

    public LogsCommand(ServiceRequests services, Logs logs, Timers timers) {
        this.services = services;
        this.logs = logs;
        this.timers = timers;
    }

    @Override
    public CompletableFuture<CommandResult> handle(Command command) throws CommandException {
        ServiceId id = services.status(command.requiredService()).id();
        Logs.Query query = query(command.arguments());
        return logs.read(id, query)
                .handle((page, problem) -> problem == null
                        ? answer(query.stream(), page)
                        : CommandResult.refused(
                                SearchArguments.refusal(command.arguments(), "the logs of " + id, problem)));
    }

    private Logs.Query query(CommandArguments arguments) throws CommandException {
        SearchArguments.Range range = SearchArguments.range(arguments);
        return new Logs.Query(
                stream(arguments),
                range.lines(),
                range.from(),
                range.to(),
                arguments.string("match"),
                SearchArguments.time(arguments, timers.now()),
                SearchArguments.maxBytes(arguments, 1));
    }

    private static Logs.Stream stream(CommandArguments arguments) throws CommandException {
        return switch (arguments.string("stream").orElse("stdout")) {
            case "stdout" -> Logs.Stream.STDOUT;
            case "stderr" -> Logs.Stream.STDERR;
            default -> throw arguments.wrong("stream", "\"stdout\" or \"stderr\"");
        };
    }

    private static CommandResult answer(Logs.Stream stream, Logs.Page page) {
        Optional<String> text = Utf8.decode(page.bytes()).filter(it -> isShort(page.bytes().length, it));
        ReplyFields fields = ReplyFields.NONE.and("stream", stream.name().toLowerCase(Locale.ROOT));
        fields = text.isPresent()
                ? fields.and("text", text.get())
                : fields.and("base64", Base64.getEncoder().encodeToString(page.bytes()));
        return new CommandResult.Done(fields.and("offset", page.offset())
                .and("next", page.next())
                .and("oldest", page.oldest())
                .and("end", page.end())
                .and("truncated", page.truncated())
                .and("times", times(page)));
    }

    /** Times are in milliseconds since that of the first part; null if nothing is known. */
    private static JsonElement times(Logs.Page page) {
        if (page.times().isEmpty()) return JsonNull.INSTANCE;
        Instant base = page.times().get(0).latest().truncatedTo(ChronoUnit.MILLIS);
        var parts = new JsonArray();
        for (Logs.Written written : page.times()) {
            var part = new JsonArray();
            part.add(written.to());
            part.add(Duration.between(base, written.latest()).toMillis());
            Optional<Long> within = written.earliest()
                    .map(earliest ->
                            Duration.between(earliest, written.latest()).toMillis());
            if (within.isEmpty()) part.add(JsonNull.INSTANCE);
            else if (within.get() > 0) part.add(within.get());
            parts.add(part);
        }
        var times = new JsonObject();
        times.addProperty("base", JsonWriter.timestamp(base));
        times.add("parts", parts);
        return times;
    }

    /** Whether the text is no larger in JSON than base 64 would be: a reply has its limit. */
    private static boolean isShort(int bytes, String text) {
        long escapes = text.chars().filter(c -> c < ' ' && c != '\n').count();
        return bytes + ESCAPE * escapes <= LARGEST_TEXT;
    }
}
