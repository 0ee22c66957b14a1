package io.efka.agent.events;

import com.google.gson.JsonObject;
import io.efka.agent.events.EventQueries.Page;
import io.efka.agent.events.EventQueries.Query;
import io.efka.agent.events.JournalFiles.Segment;
import io.efka.agent.search.LineFilter;
import io.efka.agent.search.LineFilter.Verdict;
import io.efka.agent.search.SearchBudget;
import io.efka.agent.telemetry.EventPublisher;
import io.efka.protocol.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Answers queries from the journal's files and from the lines that wait to be written. Each event is looked at once, by its number:
 * a line that is written during a search is found in both places.
 */
final class JournalReader {
    private static final int LINES = 100;
    /** The part of a reply that is not events, and its properties. */
    private static final int REPLY_HEAD = 2048;
    /** Somebody else may have made a file larger than the agent does. */
    private static final int LARGEST_FILE = 2 * JournalFiles.SEGMENT;

    private final EventJournal journal;
    private final LongSupplier maxPacket;

    JournalReader(EventJournal journal, LongSupplier maxPacket) {
        this.journal = journal;
        this.maxPacket = maxPacket;
    }

    /** Blocks for the disk; for the thread of a search. */
    Page read(Query query, SearchBudget budget) throws IOException {
        // The lines that wait first: one that is written meanwhile is then seen twice, and not never.
        List<EventJournal.Waiting> waiting = journal.waiting();
        long end = journal.end();
        var filter = new LineFilter(query.match(), budget);
        var search = new Search(query, journal.files(), lines(waiting), end, filter, budget, most(query));
        boolean isForward = query.from().isPresent() || query.time().since().isPresent();
        return query.lines().isPresent() || !isForward ? search.last() : search.forward();
    }

    private int most(Query query) {
        long room = Math.max(EventQueries.SMALLEST_PAGE, maxPacket.getAsLong() - REPLY_HEAD);
        return (int) Math.min(query.maxBytes(), room);
    }

    private static byte[] lines(List<EventJournal.Waiting> waiting) {
        var lines = new ByteArrayOutputStream();
        waiting.forEach(one -> lines.writeBytes(one.line()));
        return lines.toByteArray();
    }

    /** The search of one query. Its sources are the segments, and behind them the lines that wait. */
    private static final class Search {
        private final Query query;
        private final List<Segment> segments;
        private final byte[] waiting;
        private final LineFilter filter;
        private final SearchBudget budget;
        private final int most;
        private final long from;
        private final long to;
        private final ArrayDeque<JsonObject> found = new ArrayDeque<>();
        private int bytes;
        private int unreadable;
        private int looked;

        Search(
                Query query,
                JournalFiles files,
                byte[] waiting,
                long end,
                LineFilter filter,
                SearchBudget budget,
                int most) {
            this.query = query;
            this.waiting = waiting;
            this.filter = filter;
            this.budget = budget;
            this.most = most;
            this.from = query.from().orElse(0);
            this.to = Math.min(query.to().orElse(end), end);
            this.segments = segments(files);
        }

        /** If the folder cannot be read, the lines that wait are all there is. */
        private List<Segment> segments(JournalFiles files) {
            try {
                return files.segments();
            } catch (IOException e) {
                unreadable++;
                return List.of();
            }
        }

        /** Searches from {@code from} on; all events before {@code next} were looked at. */
        Page forward() throws IOException {
            long next = from;
            for (int i = 0; i <= segments.size(); i++) {
                if (i + 1 < segments.size() && segments.get(i + 1).first() <= from) continue;
                for (JournalLine line : lines(block(i))) {
                    if (line.number() < next || line.number() >= to) continue;
                    Verdict verdict = judge(line);
                    Optional<JsonObject> event = verdict == Verdict.HIT ? event(line) : Optional.empty();
                    boolean isFull = event.isPresent() && bytes > most && found.size() > 0;
                    if (verdict == Verdict.UNKNOWN || isFull) return page(from, line.number(), true);
                    event.ifPresent(found::addLast);
                    next = line.number() + 1;
                }
            }
            return page(from, Math.max(next, to), false);
        }

        /** Searches backwards from {@code to}; all events from {@code offset} on were looked at. */
        Page last() throws IOException {
            int count = query.lines().orElse(LINES);
            long offset = to;
            for (int i = segments.size(); i >= 0 && found.size() < count; i--) {
                List<JournalLine> lines = lines(block(i));
                for (int j = lines.size() - 1; j >= 0 && found.size() < count; j--) {
                    JournalLine line = lines.get(j);
                    if (line.number() >= offset) continue;
                    if (line.number() < from) return page(offset, to, false);
                    Verdict verdict = judge(line);
                    Optional<JsonObject> event = verdict == Verdict.HIT ? event(line) : Optional.empty();
                    boolean isFull = event.isPresent() && bytes > most && found.size() > 0;
                    if (verdict == Verdict.UNKNOWN || isFull) return page(offset, to, true);
                    event.ifPresent(found::addFirst);
                    offset = line.number();
                }
            }
            return page(offset, to, false);
        }

        private Page page(long offset, long next, boolean isTruncated) {
            return new Page(new ArrayList<>(found), offset, next, oldest(), unreadable, isTruncated);
        }

        private byte[] block(int source) {
            if (source == segments.size()) return waiting;
            try {
                byte[] block = JournalFiles.read(segments.get(source), LARGEST_FILE);
                budget.read(block.length);
                return block;
            } catch (NoSuchFileException pushedOut) {
                return new byte[0];
            } catch (IOException e) {
                unreadable++;
                return new byte[0];
            }
        }

        private List<JournalLine> lines(byte[] block) {
            var lines = new ArrayList<JournalLine>();
            int begin = 0;
            for (int i = 0; i < block.length; i++) {
                if (block[i] != '\n' && i < block.length - 1) continue;
                Optional<JournalLine> line = JournalLine.decode(block, begin, i + 1);
                // The last one may be half written at this moment.
                if (line.isEmpty() && block[i] == '\n') unreadable++;
                line.ifPresent(lines::add);
                begin = i + 1;
            }
            return lines;
        }

        private Verdict judge(JournalLine line) throws IOException {
            boolean isFirst = looked++ == 0;
            if (!isFirst && budget.isSpent()) return Verdict.UNKNOWN;
            boolean isOther = query.service()
                    .filter(id -> !line.topic().equals(JournalLine.topic(Optional.of(id))))
                    .isPresent();
            boolean isEarlier = query.time().since().filter(line.at()::isBefore).isPresent();
            boolean isLater =
                    query.time().until().filter(end -> !line.at().isBefore(end)).isPresent();
            if (isOther || isEarlier || isLater) return Verdict.MISS;
            return filter.judge(
                    line.block(),
                    line.from(),
                    line.to(),
                    isFirst,
                    () -> "event " + line.number() + " of " + line.length() + " bytes");
        }

        /** The event for the answer; without its details if it is alone and too large for it. Empty: it is damaged. */
        private Optional<JsonObject> event(JournalLine line) {
            Optional<JsonObject> event = line.event();
            if (event.isEmpty()) {
                unreadable++;
                return event;
            }
            boolean isTooLarge = found.isEmpty() && line.length() > most;
            JsonObject shown = isTooLarge ? EventPublisher.shortened(event.get()) : event.get();
            bytes += isTooLarge ? JsonWriter.bytes(shown).length : line.length() + 1;
            return Optional.of(shown);
        }

        private Optional<String> oldest() {
            for (int i = 0; i <= segments.size(); i++) {
                List<JournalLine> lines = head(i);
                if (!lines.isEmpty())
                    return Optional.of(JsonWriter.timestamp(lines.get(0).at()));
            }
            return Optional.empty();
        }

        private List<JournalLine> head(int source) {
            int counted = unreadable;
            try {
                return lines(
                        source == segments.size()
                                ? waiting
                                : JournalFiles.read(segments.get(source), 2 * EventJournal.LARGEST_EVENT));
            } catch (IOException unreadableToo) {
                return List.of();
            } finally {
                unreadable = counted;
            }
        }
    }
}
