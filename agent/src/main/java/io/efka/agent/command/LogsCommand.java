package io.efka.agent.command;

import io.efka.agent.service.Logs;
import io.efka.agent.service.ServiceId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** {@code logs}: reads back what a service wrote. */
final class LogsCommand implements Handler {
    private static final int MAX_LINES = 10_000;
    private static final int MAX_MATCH = 1000;

    private final Services services;
    private final Logs logs;

    LogsCommand(Services services, Logs logs) {
        this.services = services;
        this.logs = logs;
    }

    @Override
    public CompletableFuture<Answer> handle(Command command) throws Refusal {
        ServiceId id = services.status(command.requiredService()).id();
        Logs.Query query = query(command.arguments());
        try {
            return CompletableFuture.completedFuture(answer(query.stream(), logs.read(id, query)));
        } catch (Logs.Runaway e) {
            throw command.arguments().wrong("match", "a simpler regular expression (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw new Refusal(ErrorCode.INTERNAL, "the logs of " + id + " could not be read: " + e.getMessage());
        }
    }

    private static Logs.Query query(Arguments arguments) throws Refusal {
        OptionalLong lines = arguments.whole("lines", 1, MAX_LINES);
        OptionalLong from = arguments.whole("from", 0, Long.MAX_VALUE);
        OptionalLong to = arguments.whole("to", 0, Long.MAX_VALUE);
        if (lines.isPresent() && (from.isPresent() || to.isPresent())) {
            throw arguments.wrong("lines", "left out where from or to is given");
        }
        if (to.isPresent() && to.getAsLong() < from.orElse(0)) throw arguments.wrong("to", "at least from");
        OptionalInt last = lines.isPresent() ? OptionalInt.of((int) lines.getAsLong()) : OptionalInt.empty();
        return new Logs.Query(stream(arguments), last, from, to, match(arguments), time(arguments));
    }

    private static Logs.Time time(Arguments arguments) throws Refusal {
        Optional<Instant> since = arguments.time("since");
        Optional<Instant> until = arguments.time("until");
        if (since.isPresent() && until.isPresent() && until.get().isBefore(since.get())) {
            throw arguments.wrong("until", "at least since");
        }
        return new Logs.Time(since, until);
    }

    private static Logs.Stream stream(Arguments arguments) throws Refusal {
        return switch (arguments.string("stream").orElse("stdout")) {
            case "stdout" -> Logs.Stream.STDOUT;
            case "stderr" -> Logs.Stream.STDERR;
            default -> throw arguments.wrong("stream", "\"stdout\" or \"stderr\"");
        };
    }

    private static Optional<String> match(Arguments arguments) throws Refusal {
        Optional<String> match = arguments.string("match");
        if (match.isEmpty()) return match;
        try {
            Pattern.compile(match.get());
        } catch (PatternSyntaxException e) {
            throw arguments.wrong("match", "a regular expression (" + e.getDescription() + ")");
        }
        if (match.get().length() > MAX_MATCH) {
            throw arguments.wrong("match", "a regular expression of " + MAX_MATCH + " characters at most");
        }
        return match;
    }

    private static Answer answer(Logs.Stream stream, Logs.Page page) {
        Optional<String> text = text(page.bytes());
        Fields fields = Fields.NONE.and("stream", stream.name().toLowerCase(Locale.ROOT));
        fields = text.isPresent()
                ? fields.and("text", text.get())
                : fields.and("base64", Base64.getEncoder().encodeToString(page.bytes()));
        return new Answer.Done(fields.and("offset", page.offset())
                .and("next", page.next())
                .and("oldest", page.oldest())
                .and("end", page.end())
                .and("truncated", page.truncated()));
    }

    private static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
