package io.efka.agent.command.handler;

import io.efka.agent.command.Command;
import io.efka.agent.command.CommandArguments;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.command.CommandTable;
import io.efka.agent.supervision.Logs;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.json.Utf8;
import io.efka.threads.Timers;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code logs}: reads back what a service wrote. */
public final class LogsCommand implements CommandTable.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(LogsCommand.class);
    /** As base 64 has it at most. */
    private static final long LARGEST_TEXT = Logs.LARGEST_PAGE * 4L / 3;
    /** JSON's six characters for one. */
    private static final int ESCAPE = 5;

    private static final int MAX_LINES = 10_000;

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
                        : CommandResult.refused(refusal(command.arguments(), id, problem)));
    }

    private static CommandException refusal(CommandArguments arguments, ServiceId id, Throwable problem) {
        if (problem instanceof Logs.BadMatch) {
            return arguments.wrong("match", "another regular expression (" + problem.getMessage() + ")");
        }
        if (problem instanceof Logs.Busy)
            return new CommandException(ErrorCode.BUSY, problem.getMessage() + "; ask again later");
        if (problem instanceof IOException) {
            return new CommandException(
                    ErrorCode.INTERNAL, "the logs of " + id + " could not be read: " + problem.getMessage());
        }
        LOG.error("service={} its logs could not be read", id, problem);
        return new CommandException(ErrorCode.INTERNAL, "the logs of " + id + " could not be read: " + problem);
    }

    private Logs.Query query(CommandArguments arguments) throws CommandException {
        OptionalLong lines = arguments.whole("lines", 1, MAX_LINES);
        OptionalLong from = arguments.whole("from", 0, Long.MAX_VALUE);
        OptionalLong to = arguments.whole("to", 0, Long.MAX_VALUE);
        if (lines.isPresent() && (from.isPresent() || to.isPresent())) {
            throw arguments.wrong("lines", "left out where from or to is given");
        }
        if (to.isPresent() && to.getAsLong() < from.orElse(0)) throw arguments.wrong("to", "at least from");
        int maxBytes = (int) arguments.whole("max_bytes", 1, Logs.LARGEST_PAGE).orElse(Logs.LARGEST_PAGE);
        OptionalInt last = lines.isPresent() ? OptionalInt.of((int) lines.getAsLong()) : OptionalInt.empty();
        return new Logs.Query(stream(arguments), last, from, to, arguments.string("match"), time(arguments), maxBytes);
    }

    private Logs.Time time(CommandArguments arguments) throws CommandException {
        Instant now = timers.now();
        Optional<Instant> since = arguments.pastTime("since", now);
        Optional<Instant> until = arguments.pastTime("until", now);
        if (since.isPresent() && until.isPresent() && until.get().isBefore(since.get())) {
            throw arguments.wrong("until", "at least since");
        }
        return new Logs.Time(since, until);
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
                .and("truncated", page.truncated()));
    }

    /** Whether the text is no larger in JSON than base 64 would be: a reply has its limit. */
    private static boolean isShort(int bytes, String text) {
        long escapes = text.chars().filter(c -> c < ' ' && c != '\n').count();
        return bytes + ESCAPE * escapes <= LARGEST_TEXT;
    }
}
