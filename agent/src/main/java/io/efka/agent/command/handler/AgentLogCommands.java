package io.efka.agent.command.handler;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.command.Command;
import io.efka.agent.command.CommandArguments;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.command.handler.AgentLog.Level;
import io.efka.agent.command.handler.AgentLog.Line;
import io.efka.agent.supervision.Logs;
import io.efka.protocol.CommandException;
import io.efka.protocol.Durations;
import io.efka.protocol.json.JsonWriter;
import io.efka.threads.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code log-level} and {@code logs} of the device: the agent's own log. Thread-safe. */
public final class AgentLogCommands {
    private static final int MAX_LINES = 10_000;
    private static final int USUAL_LINES = 100;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(7);

    private final AgentLog log;
    private final Timers timers;

    /** The end of a level that is in force for a while. */
    private record Passing(Instant until, Timers.Timer end) {}

    @GuardedBy("this") private Optional<Passing> passing = Optional.empty();

    public AgentLogCommands(AgentLog log, Timers timers) {
        this.log = log;
        this.timers = timers;
    }

    /** Sets the level, or without arguments says which it is. */
    CompletableFuture<CommandResult> level(Command command) throws CommandException {
        Optional<Level> level = level(command.arguments());
        Optional<Duration> time = time(command.arguments());
        if (time.isPresent() && level.isEmpty()) {
            throw command.arguments().wrong("level", "given where for is");
        }
        return CompletableFuture.completedFuture(new CommandResult.Done(set(level, time)));
    }

    private synchronized ReplyFields set(Optional<Level> level, Optional<Duration> time) {
        if (level.isPresent()) {
            passing.ifPresent(earlier -> earlier.end().cancel());
            passing = time.map(this::passing);
            log.level(level.get());
        }
        ReplyFields fields = ReplyFields.NONE.and("level", word(log.level())).and("configured", word(log.configured()));
        return passing.isPresent()
                ? fields.and("until", JsonWriter.timestamp(passing.get().until()))
                : fields;
    }

    private Passing passing(Duration time) {
        Instant until = timers.now().plus(time);
        return new Passing(until, timers.schedule(time, () -> end(until)));
    }

    /** A later command may have come in between. */
    private synchronized void end(Instant until) {
        if (passing.filter(now -> now.until().equals(until)).isEmpty()) return;
        passing = Optional.empty();
        log.level(log.configured());
    }

    private static Optional<Level> level(CommandArguments arguments) throws CommandException {
        Optional<String> text = arguments.string("level");
        if (text.isEmpty()) return Optional.empty();
        Optional<Level> level = Arrays.stream(Level.values())
                .filter(one -> word(one).equals(text.get().toLowerCase(Locale.ROOT)))
                .findFirst();
        if (level.isEmpty()) throw arguments.wrong("level", "\"error\", \"warn\", \"info\", \"debug\" or \"trace\"");
        return level;
    }

    private static Optional<Duration> time(CommandArguments arguments) throws CommandException {
        Optional<String> text = arguments.string("for");
        if (text.isEmpty()) return Optional.empty();
        Optional<Duration> time = Durations.parse(text.get())
                .filter(given -> given.compareTo(SHORTEST) >= 0 && given.compareTo(LONGEST) <= 0);
        if (time.isEmpty()) throw arguments.wrong("for", "a duration from \"1s\" to \"7d\", as in \"10m\"");
        return time;
    }

    /** Returns the last lines, the newest that fit one answer. */
    CompletableFuture<CommandResult> lines(Command command) throws CommandException {
        int most = (int) command.arguments().whole("lines", 1, MAX_LINES).orElse(USUAL_LINES);
        int maxBytes = (int)
                command.arguments().whole("max_bytes", 1, Logs.LARGEST_PAGE).orElse(Logs.LARGEST_PAGE);
        Level least = level(command.arguments()).orElse(Level.TRACE);
        String match = command.arguments().string("match").orElse("");
        List<Line> kept = log.recent();
        List<String> selected = kept.stream()
                .filter(line -> line.level().compareTo(least) <= 0)
                .map(Line::text)
                .filter(text -> text.contains(match))
                .toList();
        return CompletableFuture.completedFuture(new CommandResult.Done(newest(selected, most, maxBytes)));
    }

    private static ReplyFields newest(List<String> lines, int most, int maxBytes) {
        var newest = new ArrayDeque<String>();
        int bytes = 0;
        int wanted = Math.min(most, lines.size());
        for (int i = lines.size() - 1; newest.size() < wanted; i--) {
            bytes += lines.get(i).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > maxBytes) break;
            newest.addFirst(lines.get(i));
        }
        return ReplyFields.NONE
                .and("text", String.join("", newest))
                .and("lines", newest.size())
                .and("truncated", newest.size() < wanted);
    }

    private static String word(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }
}
