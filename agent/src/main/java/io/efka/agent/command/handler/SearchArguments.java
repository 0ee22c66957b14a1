package io.efka.agent.command.handler;

import io.efka.agent.command.CommandArguments;
import io.efka.agent.supervision.Logs;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The arguments that {@code logs} and {@code events} share, and the refusals of a search. */
final class SearchArguments {
    private static final Logger LOG = LoggerFactory.getLogger(SearchArguments.class);

    private static final int MAX_LINES = 10_000;

    private SearchArguments() {}

    /**
     * Which part is asked for: the last lines, or from one place to another.
     *
     * @param lines empty where {@code from} or {@code to} is given
     */
    record Range(OptionalInt lines, OptionalLong from, OptionalLong to) {}

    static Range range(CommandArguments arguments) throws CommandException {
        OptionalLong lines = arguments.whole("lines", 1, MAX_LINES);
        OptionalLong from = arguments.whole("from", 0, Long.MAX_VALUE);
        OptionalLong to = arguments.whole("to", 0, Long.MAX_VALUE);
        if (lines.isPresent() && (from.isPresent() || to.isPresent())) {
            throw arguments.wrong("lines", "left out where from or to is given");
        }
        if (to.isPresent() && to.getAsLong() < from.orElse(0)) throw arguments.wrong("to", "at least from");
        OptionalInt last = lines.isPresent() ? OptionalInt.of((int) lines.getAsLong()) : OptionalInt.empty();
        return new Range(last, from, to);
    }

    static Logs.Time time(CommandArguments arguments, Instant now) throws CommandException {
        Optional<Instant> since = arguments.pastTime("since", now);
        Optional<Instant> until = arguments.pastTime("until", now);
        if (since.isPresent() && until.isPresent() && until.get().isBefore(since.get())) {
            throw arguments.wrong("until", "at least since");
        }
        return new Logs.Time(since, until);
    }

    /** @param least of an answer */
    static int maxBytes(CommandArguments arguments, int least) throws CommandException {
        return (int) arguments.whole("max_bytes", least, Logs.LARGEST_PAGE).orElse(Logs.LARGEST_PAGE);
    }

    /** @param what was searched, in the plural: {@code the logs of camera} */
    static CommandException refusal(CommandArguments arguments, String what, Throwable problem) {
        if (problem instanceof Logs.BadMatch) {
            return arguments.wrong("match", "another regular expression (" + problem.getMessage() + ")");
        }
        if (problem instanceof Logs.Busy)
            return new CommandException(ErrorCode.BUSY, problem.getMessage() + "; ask again later");
        if (problem instanceof IOException) {
            return new CommandException(ErrorCode.INTERNAL, what + " could not be read: " + problem.getMessage());
        }
        LOG.error("{} could not be read", what, problem);
        return new CommandException(ErrorCode.INTERNAL, what + " could not be read: " + problem);
    }
}
