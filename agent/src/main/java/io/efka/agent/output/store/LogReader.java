package io.efka.agent.output.store;

import io.efka.agent.output.store.AnswerTimes.Range;
import io.efka.agent.output.store.StreamReader.Piece;
import io.efka.agent.search.LineFilter;
import io.efka.agent.search.LineFilter.Verdict;
import io.efka.agent.search.SearchBudget;
import io.efka.agent.supervision.Logs.Page;
import io.efka.agent.supervision.Logs.Query;
import io.efka.agent.supervision.Logs.Written;
import io.efka.protocol.ServiceId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Answers log queries from the files: the last lines or a byte range, optionally only the lines that match. An answer
 * never exceeds the query's {@code maxBytes} and its budget; the rest can be queried with {@code from} = {@code next}
 * or, backwards, {@code to} = {@code offset}.
 */
public final class LogReader {
    private static final int LINES = 100;
    /** Also the longest line that is matched as a whole. */
    private static final int BLOCK = 256 << 10;

    /** The part of a reply that is not output, and its properties. */
    private static final int REPLY_HEAD = 2048;

    private static final int SMALLEST_PAGE = 256;

    private final LogFiles files;
    private final LongSupplier maxPacket;

    /** @param maxPacket the largest packet that the broker accepts */
    public LogReader(LogFiles files, LongSupplier maxPacket) {
        this.files = files;
        this.maxPacket = maxPacket;
    }

    /** Bytes that fit into a packet, with their times, even if they are twice as long as JSON text. */
    private int most(Query query) {
        long room = Math.max(SMALLEST_PAGE, (maxPacket.getAsLong() - REPLY_HEAD) / 3);
        return (int) Math.min(query.maxBytes(), room);
    }

    /** Blocks for the disk; for the thread of a search. */
    public Page read(ServiceId id, Query query, SearchBudget budget) throws IOException {
        StreamFiles stream = files.find(id)
                .orElseThrow(() -> new NoSuchFileException("output of " + id + ": not a known service"))
                .files(query.stream());
        var filter = new LineFilter(query.match(), budget);
        long end = stream.end();
        OptionalLong since = query.time().since().map(stream.times()::before).orElseGet(OptionalLong::empty);
        OptionalLong until = query.time().until().map(stream.times()::after).orElseGet(OptionalLong::empty);
        boolean isForward = query.from().isPresent() || query.time().since().isPresent();
        long from = Math.max(stream.oldest(), Math.max(query.from().orElse(0), since.orElse(0)));
        long to = Math.max(from, Math.min(end, Math.min(query.to().orElse(end), until.orElse(end))));
        int most = most(query);
        try (var reader = new StreamReader(stream)) {
            var search = new Search(reader, filter, budget, most);
            Found found = query.lines().isPresent() || !isForward
                    ? search.last(Math.max(0, query.lines().orElse(LINES)), from, to)
                    : filter.takesAll() ? range(reader, from, to, most) : search.forward(from, to);
            List<Written> times = AnswerTimes.of(stream.times(), found.ranges, AnswerTimes.most(most));
            return new Page(found.bytes, found.offset, found.next, stream.oldest(), end, found.truncated, times);
        }
    }

    private static Found range(StreamReader reader, long from, long to, int most) throws IOException {
        Piece piece = reader.read(from, Math.min(to, from + most));
        List<Range> ranges = List.of(new Range(piece.offset(), piece.bytes().length));
        return new Found(piece.bytes(), piece.offset(), piece.end(), piece.end() < to, ranges);
    }

    /** The search of one query. */
    private record Search(StreamReader reader, LineFilter filter, SearchBudget budget, int most) {

        /** Searches from {@code from} on; all lines before {@code next} were checked. */
        Found forward(long from, long to) throws IOException {
            var hits = new ByteArrayOutputStream();
            var ranges = new ArrayList<Range>();
            long at = from;
            while (at < to && (at == from || !budget.isSpent())) {
                Piece piece = reader.read(at, Math.min(to, at + BLOCK));
                budget.read(piece.bytes().length);
                if (piece.bytes().length == 0) {
                    at = piece.end();
                    break;
                }
                List<Line> lines = lines(piece, 0);
                Line tail = lines.get(lines.size() - 1);
                // The last line may continue after the block, unless it fills the block alone.
                boolean isCut = !tail.isWhole() && piece.end() < to && lines.size() > 1;
                for (Line line : isCut ? lines.subList(0, lines.size() - 1) : lines) {
                    if (hits.size() + line.length() > most && hits.size() > 0) {
                        return new Found(hits.toByteArray(), from, line.offset(), true, ranges);
                    }
                    Verdict verdict = judge(line, at == from);
                    if (verdict == Verdict.UNKNOWN)
                        return new Found(hits.toByteArray(), from, line.offset(), true, ranges);
                    if (verdict == Verdict.HIT) {
                        var range = new Range(line.offset(), Math.min(line.length(), most));
                        hits.write(line.block, line.from, range.length());
                        ranges.add(range);
                    }
                    at = line.end();
                }
            }
            return new Found(hits.toByteArray(), from, at, at < to, ranges);
        }

        /** Searches backwards from {@code to}; all lines from {@code offset} on were checked. */
        Found last(int count, long from, long to) throws IOException {
            Deque<Line> hits = new ArrayDeque<>();
            int size = 0;
            long at = to;
            while (at > from && hits.size() < count && (at == to || !budget.isSpent())) {
                long start = Math.max(from, at - BLOCK);
                Piece piece = lastPiece(reader, start, at);
                budget.read(piece.bytes().length);
                boolean isMidLine = piece.offset() == start && start > from;
                List<Line> lines = lines(piece, isMidLine ? firstLine(piece) : 0);
                if (lines.isEmpty()) at = start;
                for (int i = lines.size() - 1; i >= 0 && hits.size() < count; i--) {
                    Line line = lines.get(i);
                    if (size + line.length() > most && size > 0) return found(hits, line.end(), to, true);
                    Verdict verdict = judge(line, at == to);
                    if (verdict == Verdict.UNKNOWN) return found(hits, line.end(), to, true);
                    at = line.offset();
                    if (verdict == Verdict.MISS) continue;
                    Line hit = line.shortened(most);
                    size += hit.length();
                    hits.addFirst(hit);
                }
                if (hits.size() < count)
                    at = lines.isEmpty() ? start : Math.max(start, lines.get(0).offset());
            }
            return found(hits, at, to, hits.size() < count && at > from);
        }

        private Verdict judge(Line line, boolean isFirst) throws IOException {
            return filter.judge(
                    line.block,
                    line.from,
                    line.to,
                    isFirst,
                    () -> "the line of " + line.length() + " bytes at offset " + line.offset());
        }
    }

    /** The bytes before {@code to}, back to {@code from} or to a gap. */
    private static Piece lastPiece(StreamReader reader, long from, long to) throws IOException {
        Piece piece = reader.read(from, to);
        while (piece.end() < to) {
            Piece behind = reader.read(piece.end(), to);
            if (behind.bytes().length == 0) break;
            piece = behind;
        }
        return piece;
    }

    private static Found found(Deque<Line> hits, long offset, long to, boolean truncated) {
        var bytes = new ByteArrayOutputStream();
        hits.forEach(line -> bytes.write(line.block, line.from, line.length()));
        List<Range> ranges = hits.stream()
                .map(line -> new Range(line.offset(), line.length()))
                .toList();
        return new Found(bytes.toByteArray(), offset, to, truncated, ranges);
    }

    /** Where the first complete line of a block begins; 0 if the block is a part of one line. */
    private static int firstLine(Piece piece) {
        byte[] bytes = piece.bytes();
        for (int i = 0; i < bytes.length - 1; i++) if (bytes[i] == '\n') return i + 1;
        return 0;
    }

    private static List<Line> lines(Piece piece, int skip) {
        var lines = new ArrayList<Line>();
        byte[] bytes = piece.bytes();
        int from = skip;
        for (int i = skip; i < bytes.length; i++) {
            if (bytes[i] != '\n' && i < bytes.length - 1) continue;
            lines.add(new Line(piece.offset(), bytes, from, i + 1));
            from = i + 1;
        }
        return lines;
    }

    /** @param ranges of the stream that {@code bytes} are */
    private record Found(byte[] bytes, long offset, long next, boolean truncated, List<Range> ranges) {}

    /** A line in a block; without its end if the block or the stream ends first. */
    private record Line(long blockOffset, byte[] block, int from, int to) {
        long offset() {
            return blockOffset + from;
        }

        long end() {
            return blockOffset + to;
        }

        int length() {
            return to - from;
        }

        boolean isWhole() {
            return block[to - 1] == '\n';
        }

        /** A copy of its end: the whole block would otherwise stay in memory. */
        Line shortened(int most) {
            int begin = Math.max(from, to - most);
            return new Line(offset() + begin - from, Arrays.copyOfRange(block, begin, to), 0, to - begin);
        }
    }
}
