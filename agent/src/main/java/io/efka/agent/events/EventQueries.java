package io.efka.agent.events;

import com.google.gson.JsonObject;
import io.efka.agent.search.SearchPool;
import io.efka.agent.supervision.Logs;
import io.efka.protocol.ServiceId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** Finds events in the journal. Thread-safe; never blocks. */
public interface EventQueries {
    /** The smallest {@code maxBytes}: an event without its details always fits. */
    int SMALLEST_PAGE = 1 << 10;

    /**
     * The events that are asked for, bounded in size.
     *
     * @return completes within seconds, from any thread; exceptionally with {@link Logs.BadMatch} if {@code match} cannot be used,
     *     with {@link Logs.Busy} if too many others search, with an {@link java.io.IOException} if the disk does not answer
     */
    CompletableFuture<Page> find(Query query);

    /**
     * Each query is a search of that pool.
     *
     * @param maxPacket the largest packet that the broker accepts
     */
    static EventQueries of(EventJournal journal, SearchPool searches, LongSupplier maxPacket) {
        var reader = new JournalReader(journal, maxPacket);
        return query -> searches.run(budget -> reader.read(query, budget));
    }

    /**
     * What is asked for; without any bound: the last 100 events. Without {@code lines}, a number or a time to begin at means to
     * search forwards, none to search backwards.
     *
     * @param lines the last so many
     * @param from number of the first event of a range
     * @param to end of that range, exclusive
     * @param time when the event happened, by the clock of that moment
     * @param match only events in whose JSON text this regular expression is found
     * @param service only its events
     * @param maxBytes of the answer, {@link #SMALLEST_PAGE} to {@link Logs#LARGEST_PAGE}
     */
    record Query(
            OptionalInt lines,
            OptionalLong from,
            OptionalLong to,
            Logs.Time time,
            Optional<String> match,
            Optional<ServiceId> service,
            int maxBytes) {
        public Query {
            if (maxBytes < SMALLEST_PAGE || maxBytes > Logs.LARGEST_PAGE) {
                throw new IllegalArgumentException(
                        "maxBytes must be " + SMALLEST_PAGE + " to " + Logs.LARGEST_PAGE + ", was " + maxBytes);
            }
        }
    }

    /**
     * An answer.
     *
     * @param events as they were published, the oldest first
     * @param offset number of the first event that was looked at
     * @param next where to go on; to go on backwards: {@code to} = {@code offset}
     * @param oldest when the oldest event happened that is kept, as it is written in it; empty: none is kept
     * @param unreadable lines that were damaged, or files that could not be read, among those that were looked at
     * @param truncated whether more was asked for than one answer may hold or one search may look at
     */
    record Page(
            List<JsonObject> events,
            long offset,
            long next,
            Optional<String> oldest,
            int unreadable,
            boolean truncated) {
        public Page {
            events = List.copyOf(events);
        }
    }
}
