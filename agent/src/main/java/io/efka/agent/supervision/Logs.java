package io.efka.agent.supervision;

import io.efka.protocol.ServiceId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Reads back what a service wrote, from disk. Thread-safe; never blocks. */
public interface Logs {
    /** With base 64 and the reply around it, still within the 256 KiB that a command or its reply may have. */
    int LARGEST_PAGE = 192 << 10;

    /**
     * The asked piece, bounded in size.
     *
     * @return completes within seconds, from any thread; exceptionally with {@link BadMatch} if {@code match} cannot be
     *     used, with {@link Busy} if too many others ask, with an {@link IOException} if the piece cannot be read or the
     *     service is unknown
     */
    CompletableFuture<Page> read(ServiceId id, Query query);

    /** A {@code match} that cannot be used; another one could. */
    final class BadMatch extends IOException {
        /** @param why as in {@code there is no lookahead in this syntax, at character 4} */
        public BadMatch(String why) {
            super(why);
        }
    }

    /** Too many queries at this moment. */
    final class Busy extends IOException {
        public Busy(String why) {
            super(why);
        }
    }

    enum Stream {
        STDOUT,
        STDERR
    }

    /**
     * What is asked for; without any bound: the last 100 lines. With {@code match} and without {@code lines}, an
     * offset or a time to begin at means to search forwards, none to search backwards.
     *
     * @param lines the last so many
     * @param from first offset of a byte range, counted from the stream's first ever byte
     * @param to end of that range, exclusive
     * @param match only lines in which this regular expression is found
     * @param time when it was written
     * @param maxBytes of the answer, 1 to {@link #LARGEST_PAGE}
     */
    record Query(
            Stream stream,
            OptionalInt lines,
            OptionalLong from,
            OptionalLong to,
            Optional<String> match,
            Time time,
            int maxBytes) {
        public Query {
            if (maxBytes < 1 || maxBytes > LARGEST_PAGE) {
                throw new IllegalArgumentException("maxBytes must be 1 to " + LARGEST_PAGE + ", was " + maxBytes);
            }
        }

        /** Of any time, as much as fits one answer. */
        public Query(Stream stream, OptionalInt lines, OptionalLong from, OptionalLong to, Optional<String> match) {
            this(stream, lines, from, to, match, Time.ANY, LARGEST_PAGE);
        }
    }

    /**
     * A span of time. When bytes were written is known to about a second while the agent looked on, and else to the
     * run they are of; an answer has everything of the span, and may have some of before and after it.
     *
     * @param since empty: from the oldest on
     * @param until empty: to the newest
     */
    record Time(Optional<Instant> since, Optional<Instant> until) {
        public static final Time ANY = new Time(Optional.empty(), Optional.empty());
    }

    /**
     * When a part of a stream was written, by the device's clock.
     *
     * @param to the offset behind its last byte; it begins where the part before it ends
     * @param earliest empty: unknown
     * @param latest its last byte was there by then, and usually moments before
     */
    record Written(long to, Optional<Instant> earliest, Instant latest) {}

    /**
     * An answer.
     *
     * @param offset of the first byte of {@code bytes}; with {@code match}: from here on to {@code next} every line
     *     was looked at
     * @param next where to go on reading; to go on backwards: {@code to} = {@code offset}
     * @param oldest the first offset that is still on disk
     * @param end the stream's end at this moment
     * @param truncated whether more was asked for than one answer may hold or one search may look at
     * @param times when {@code bytes} were written, with offsets in {@code bytes}; what is behind the last of them was
     *     written moments ago
     */
    record Page(byte[] bytes, long offset, long next, long oldest, long end, boolean truncated, List<Written> times) {
        public Page {
            times = List.copyOf(times);
        }
    }
}
