package io.efka.agent.app;

import io.efka.agent.events.EventJournal;
import io.efka.agent.events.EventQueries;
import io.efka.agent.search.SearchPool;
import io.efka.agent.telemetry.EventPublisher;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.Outbox;
import io.efka.protocol.Topics;
import io.efka.threads.Timers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What tells of events, keeps them and finds them again: outbox, which replies use as well, publisher, journal and searches. */
final class EventParts implements AutoCloseable {
    /** Replies and events that wait for the broker: an hour offline of a lively device. */
    private static final int OUTBOX_MESSAGES = 10_000;

    private static final long OUTBOX_BYTES = 4L << 20;

    private final Outbox outbox;
    private final EventPublisher publisher;
    private final EventJournal journal;
    private final SearchPool searches;
    private final EventQueries queries;

    /**
     * @param data the journal is a folder in it
     * @param number of this start of the agent
     */
    EventParts(Topics topics, Path data, MqttLink link, Timers timers, long number) {
        outbox = new Outbox(link, timers, OUTBOX_MESSAGES, OUTBOX_BYTES);
        journal = new EventJournal(data.resolve("events"), timers, number);
        publisher = new EventPublisher(topics, timers, number, outbox::send, journal);
        searches = new SearchPool(timers);
        queries = EventQueries.of(journal, searches, link::maxPacket);
    }

    void start() {
        journal.start();
    }

    Outbox outbox() {
        return outbox;
    }

    EventPublisher publisher() {
        return publisher;
    }

    SearchPool searches() {
        return searches;
    }

    EventQueries queries() {
        return queries;
    }

    /**
     * What was given up since the agent started, as {@code info} shows it.
     *
     * @param commands that came faster than they could be taken
     */
    Map<String, Long> dropped(long commands) {
        var counts = new LinkedHashMap<String, Long>();
        counts.put("events", publisher.dropped());
        counts.put("messages", outbox.dropped());
        counts.put("commands", commands);
        counts.put("journal", journal.dropped());
        return counts;
    }

    @Override
    public void close() {
        searches.close();
        journal.close();
    }
}
