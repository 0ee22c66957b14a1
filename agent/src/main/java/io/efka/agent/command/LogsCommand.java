package io.efka.agent.command;

import com.google.gson.JsonObject;
import io.efka.agent.service.Logs;
import io.efka.agent.service.ServiceId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
        return new Logs.Query(stream(arguments), last, from, to, match(arguments));
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
        var fields = new JsonObject();
        fields.addProperty("stream", stream.name().toLowerCase(Locale.ROOT));
        text(page.bytes())
                .ifPresentOrElse(
                        text -> fields.addProperty("text", text),
                        () -> fields.addProperty("base64", Base64.getEncoder().encodeToString(page.bytes())));
        fields.addProperty("offset", page.offset());
        fields.addProperty("next", page.next());
        fields.addProperty("oldest", page.oldest());
        fields.addProperty("end", page.end());
        fields.addProperty("truncated", page.truncated());
        return new Answer.Done(fields);
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
