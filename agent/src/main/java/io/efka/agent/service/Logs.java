package io.efka.agent.service;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads back what a service wrote, from disk. Thread-safe; blocks for disk reads. */
public interface Logs {

    /**
     * The asked piece, bounded in size.
     *
     * @throws IllegalArgumentException if {@code match} is no regular expression, or too long for one
     * @throws Runaway if {@code match} takes too long
     * @throws IOException if it cannot be read, or if the service is unknown
     */
    Page read(ServiceId id, Query query) throws IOException;

    /** A {@code match} that is not done with a line in time that anybody would wait; another one would be. */
    final class Runaway extends IOException {
        /** @param why as in {@code this one was not done after 5 steps} */
        public Runaway(String why) {
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
     */
    record Query(
            Stream stream, OptionalInt lines, OptionalLong from, OptionalLong to, Optional<String> match, Time time) {

        /** Of any time. */
        public Query(Stream stream, OptionalInt lines, OptionalLong from, OptionalLong to, Optional<String> match) {
            this(stream, lines, from, to, match, Time.ANY);
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
     * An answer.
     *
     * @param offset of the first byte of {@code bytes}; with {@code match}: from here on to {@code next} every line
     *     was looked at
     * @param next where to go on reading; to go on backwards: {@code to} = {@code offset}
     * @param oldest the first offset that is still on disk
     * @param end the stream's end at this moment
     * @param truncated whether the asked piece was larger than one answer may be
     */
    record Page(byte[] bytes, long offset, long next, long oldest, long end, boolean truncated) {}
}
