package io.efka.agent.service;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads back what a service wrote, from disk. Thread-safe; blocks for disk reads. */
public interface Logs {

    /** The asked piece, bounded in size. */
    Page read(ServiceId id, Query query) throws IOException;

    enum Stream {
        STDOUT,
        STDERR
    }

    /**
     * What is asked for; without any bound: the last 100 lines.
     *
     * @param lines the last so many
     * @param from first offset of a byte range, counted from the stream's first ever byte
     * @param to end of that range, exclusive
     * @param match only lines in which this regular expression is found
     */
    record Query(Stream stream, OptionalInt lines, OptionalLong from, OptionalLong to, Optional<String> match) {}

    /**
     * An answer.
     *
     * @param offset of the first byte of {@code bytes}
     * @param next where to go on reading
     * @param oldest the first offset that is still on disk
     * @param end the stream's end at this moment
     * @param truncated whether the asked piece was larger than one answer may be
     */
    record Page(byte[] bytes, long offset, long next, long oldest, long end, boolean truncated) {}
}
