package io.efka.fleet.logs;

import io.efka.fleet.request.Requests.Request;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What a device keeps of one stream, line by line. It is asked for in pieces, so that one and a half of them at most are in
 * memory; the last lines that do not fit into one are first counted backwards, and then read. Used by one thread.
 */
final class StreamHistory {
    /** A device whose answers have nothing in them is not asked for ever: nobody else's lines are shown meanwhile. */
    private static final int MAX_EMPTY = 2;

    /** The same where it searches: it may find nothing in a part. */
    private static final int MAX_UNMATCHED = 100;

    /** Bytes; a device that does not even answer with so many is not asked for ever. */
    private static final int SMALLEST_STEP = 32;

    private final StreamId id;
    private final LogQuery query;
    private final int pieceSize;
    private final Consumer<OutputChunk> reader;
    private final Runnable ending;

    private final Deque<OutputChunk> chunks = new ArrayDeque<>();
    private final Deque<LogLine> lines = new ArrayDeque<>();
    private int position;
    private long buffered;

    private Stage stage = Stage.FIRST;
    /** Where the next answer is to begin or, while counting, to end. */
    private long from;
    /** Where the history ends; empty: where the device says. */
    private OptionalLong to = OptionalLong.empty();

    private long firstLine;
    private int missingLines;
    private int step;
    private long skipped;
    private boolean isUntimed;
    private boolean isPartial;
    private int emptyAnswers;
    private boolean isAbandoned;
    private boolean isEnded;
    private Optional<Instant> lastTime = Optional.empty();

    private enum Stage {
        /** Nothing has been answered. */
        FIRST,
        /** Looks backwards for where the last lines begin. */
        COUNTING,
        READING,
        FINISHED
    }

    /**
     * @param pieceSize bytes in one answer at most
     * @param reader is given the bytes in order, and makes lines of them for {@link #add}
     * @param ending called when the reader has been given all
     */
    StreamHistory(StreamId id, LogQuery query, int pieceSize, Consumer<OutputChunk> reader, Runnable ending) {
        this.id = id;
        this.query = query;
        this.pieceSize = pieceSize;
        this.reader = reader;
        this.ending = ending;
        this.step = pieceSize;
    }

    StreamId id() {
        return id;
    }

    /** Whether it is time to ask for more. */
    boolean wantsMore() {
        return stage != Stage.FINISHED && buffered <= pieceSize / 2;
    }

    /** Whether nobody can say what its next line is. */
    boolean isStarved() {
        return stage != Stage.FINISHED && peek().isEmpty();
    }

    /** What to ask next. */
    Request request() {
        return switch (stage) {
            case FIRST -> query.first(id, pieceSize);
            case COUNTING -> LogQuery.range(id, Math.max(0, from - step), from, step);
            case READING ->
                to.isPresent() ? LogQuery.range(id, from, to.getAsLong(), pieceSize) : query.more(id, from, pieceSize);
            case FINISHED -> throw new IllegalStateException("the history of " + id + " is complete");
        };
    }

    /**
     * Takes the answer to {@link #request}.
     *
     * @return false if the device's answers lead nowhere: nothing more is asked for
     */
    boolean take(OutputAnswer answer) {
        emptyAnswers = answer.length() == 0 ? emptyAnswers + 1 : 0;
        switch (stage) {
            case FIRST -> takeFirst(answer);
            case COUNTING -> count(answer);
            case READING -> read(answer);
            case FINISHED -> throw new IllegalStateException("the history of " + id + " is complete");
        }
        int most = query.match().isPresent() ? MAX_UNMATCHED : MAX_EMPTY;
        if (stage == Stage.FINISHED || emptyAnswers < most) return true;
        abandon();
        return false;
    }

    private void takeFirst(OutputAnswer answer) {
        isUntimed = answer.isUntimed();
        boolean isCut = answer.isTruncated() && query.wantsHistory();
        if (!isCut || query.since().isPresent() || query.match().isPresent()) {
            isPartial = isCut && query.since().isEmpty();
            if (query.wantsHistory()) keep(answer);
            goOn(answer, isCut && query.since().isPresent());
            return;
        }
        stage = Stage.COUNTING;
        to = OptionalLong.of(answer.next());
        firstLine = answer.offset();
        missingLines = query.lines() - lineCount(answer);
        from = answer.offset();
        // The broker's packets may be smaller than a piece.
        step = Math.max(SMALLEST_STEP, Math.min(step, answer.length()));
        if (missingLines <= 0 || answer.offset() <= answer.oldest()) startReading(answer.offset());
    }

    private static int lineCount(OutputAnswer answer) {
        int ends = 0;
        boolean isWhole = true;
        for (OutputChunk chunk : answer.chunks()) {
            for (byte one : chunk.bytes()) {
                isWhole = one == '\n';
                if (isWhole) ends++;
            }
        }
        return isWhole ? ends : ends + 1;
    }

    private void count(OutputAnswer answer) {
        if (answer.length() == 0) {
            startReading(from);
            return;
        }
        if (answer.offset() + answer.length() != from) {
            // Less than was asked for, or a hole behind it: the next is asked for so that it ends where it must.
            step = Math.min(step / 2, answer.length());
            if (step < SMALLEST_STEP) startReading(from);
            return;
        }
        for (int i = answer.chunks().size() - 1; i >= 0; i--) {
            OutputChunk chunk = answer.chunks().get(i);
            for (int at = chunk.bytes().length - 1; at >= 0; at--) {
                long lineStart = chunk.offset() + at + 1;
                if (chunk.bytes()[at] != '\n' || lineStart == firstLine) continue;
                missingLines--;
                if (missingLines > 0) continue;
                startReading(lineStart);
                return;
            }
        }
        from = answer.offset();
        if (from <= answer.oldest()) startReading(from);
    }

    private void startReading(long at) {
        stage = Stage.READING;
        from = at;
    }

    private void read(OutputAnswer answer) {
        skipped += Math.max(0, answer.offset() - from);
        keep(answer);
        boolean isFurther = answer.next() > from;
        goOn(answer, answer.isTruncated() && isFurther);
    }

    private void goOn(OutputAnswer answer, boolean hasMore) {
        from = answer.next();
        stage = hasMore ? Stage.READING : Stage.FINISHED;
    }

    private void keep(OutputAnswer answer) {
        chunks.addAll(answer.chunks());
        buffered += answer.length();
    }

    /** The device does not answer: nothing more is asked for. */
    void abandon() {
        stage = Stage.FINISHED;
        isAbandoned = true;
    }

    /** Where its history ends; empty if it has not been read to its end. */
    OptionalLong end() {
        return stage == Stage.FINISHED && !isAbandoned ? OptionalLong.of(from) : OptionalLong.empty();
    }

    /** How many bytes the device has deleted before they were read, since this was asked last. */
    long takeSkipped() {
        long bytes = skipped;
        skipped = 0;
        return bytes;
    }

    /** Whether the device does not say when its output was written. */
    boolean isUntimed() {
        return isUntimed;
    }

    /** Whether the device has not searched all that it keeps. */
    boolean isPartial() {
        return isPartial;
    }

    /** A line of the bytes that the reader was given. */
    void add(LogLine line) {
        lines.add(line);
    }

    /** The next line; empty if its end has not come yet, or there is none. */
    Optional<LogLine> peek() {
        while (lines.isEmpty() && !chunks.isEmpty()) readLine(chunks.getFirst());
        if (lines.isEmpty() && stage == Stage.FINISHED && !isEnded) {
            isEnded = true;
            ending.run();
        }
        return Optional.ofNullable(lines.peekFirst());
    }

    /** Line by line, so that the rest stays as small as it came. */
    private void readLine(OutputChunk chunk) {
        int end = position;
        while (end < chunk.bytes().length && chunk.bytes()[end] != '\n') end++;
        end = Math.min(chunk.bytes().length, end + 1);
        int begin = position;
        position = end;
        if (end == chunk.bytes().length) {
            chunks.removeFirst();
            position = 0;
        }
        buffered -= end - begin;
        if (end > begin) reader.accept(chunk.part(begin, end));
    }

    void remove() {
        LogLine line = lines.removeFirst();
        lastTime = line.at().or(() -> lastTime);
    }

    /** By what the line that is next is put in order: what comes without times comes last. */
    Instant order() {
        if (isUntimed) return Instant.MAX;
        return peek().flatMap(LogLine::at).or(() -> lastTime).orElse(Instant.MIN);
    }
}
