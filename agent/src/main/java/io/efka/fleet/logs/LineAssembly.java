package io.efka.fleet.logs;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Makes lines of the chunks of one stream. An unfinished line waits for its end. Used by one thread. */
final class LineAssembly {
    /** A line that is longer is cut: somebody prints without line ends. */
    private static final int MAX_LINE = 64 * 1024;

    private final StreamId stream;
    private final Consumer<LogLine> lines;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private long begunAt;
    private Optional<Instant> lastAt = Optional.empty();
    private boolean isLastEstimated;

    LineAssembly(StreamId stream, Consumer<LogLine> lines) {
        this.stream = stream;
        this.lines = lines;
    }

    /** A chunk that does not continue the last one ends the line that has begun: what is between them is missing. */
    void add(OutputChunk chunk) {
        if (chunk.offset() != begunAt + begun.size()) end();
        for (int i = 0; i < chunk.bytes().length; i++) {
            byte one = chunk.bytes()[i];
            if (begun.size() == 0) begunAt = chunk.offset() + i;
            if (one != '\n') begun.write(one);
            if (one == '\n' || begun.size() >= MAX_LINE) {
                remember(chunk, i + 1);
                emit();
            }
        }
        if (begun.size() > 0) remember(chunk, chunk.bytes().length);
    }

    private void remember(OutputChunk chunk, int bytes) {
        lastAt = chunk.likely(bytes);
        isLastEstimated = chunk.written().filter(Written::isEstimated).isPresent();
    }

    /** Nothing more comes: what has begun is a line. */
    void end() {
        if (begun.size() > 0) emit();
    }

    private void emit() {
        String text = begun.toString(StandardCharsets.UTF_8);
        lines.accept(new LogLine(stream, OptionalLong.of(begunAt), text, lastAt, isLastEstimated));
        begun.reset();
    }
}
