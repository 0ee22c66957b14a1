package io.efka.fleet.logs;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes lines of the chunks of one stream. An unfinished line waits for its end. Used by one thread. */
final class LineAssembly {
    /** A line that is longer is cut: somebody prints without line ends. */
    private static final int MAX_LINE = 64 * 1024;

    private final StreamId stream;
    private final Consumer<LogLine> lines;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private long begunAt;

    LineAssembly(StreamId stream, Consumer<LogLine> lines) {
        this.stream = stream;
        this.lines = lines;
    }

    /** A chunk that does not continue the last one ends the line that has begun: what is between them is missing. */
    void add(OutputChunk chunk) {
        if (chunk.offset() != begunAt + begun.size()) end();
        long offset = chunk.offset();
        for (byte one : chunk.bytes()) {
            if (begun.size() == 0) begunAt = offset;
            offset++;
            if (one == '\n') {
                emit(chunk.at());
            } else {
                begun.write(one);
                if (begun.size() >= MAX_LINE) emit(chunk.at());
            }
        }
    }

    /** Nothing more comes: what has begun is a line. */
    void end() {
        if (begun.size() > 0) emit(Optional.empty());
    }

    private void emit(Optional<Instant> at) {
        lines.accept(new LogLine(stream, begunAt, begun.toString(StandardCharsets.UTF_8), at));
        begun.reset();
    }
}
