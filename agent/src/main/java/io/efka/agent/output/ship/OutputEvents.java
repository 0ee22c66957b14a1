package io.efka.agent.output.ship;

import io.efka.agent.output.store.StreamFiles;
import io.efka.agent.output.store.StreamId;
import io.efka.agent.telemetry.Events;
import io.efka.protocol.ServiceId;
import io.efka.threads.Timers;
import java.time.Instant;
import java.util.Map;

/** Publishes the events about output that an operator should see. Thread-safe; never blocks. */
final class OutputEvents {
    private final Events events;
    private final Timers timers;

    OutputEvents(Events events, Timers timers) {
        this.events = events;
        this.timers = timers;
    }

    /** The time of an observation. */
    Instant now() {
        return timers.now();
    }

    /** Bytes were freed, or lost with their file, before they were acknowledged. */
    void dropped(StreamId id, long from, long bytes) {
        events.service(id.service(), "output_dropped", Map.of("stream", id.leaf(), "from", from, "bytes", bytes));
    }

    /** Somebody else may have changed a file. */
    void seen(StreamId id, StreamFiles.Look look, long end) {
        switch (look) {
            case SAME, GREW -> {}
            case TRUNCATED -> publish(id, "output_file_truncated", end);
            case DELETED -> publish(id, "output_file_deleted", end);
            case REPLACED -> publish(id, "output_file_replaced", end);
        }
    }

    /** A run writes to the file of the previous run. */
    void shared(StreamId id, long offset, String why) {
        Map<String, ?> fields = Map.of("stream", id.leaf(), "offset", offset, "message", why);
        events.service(id.service(), "output_file_shared", fields);
    }

    /** A run has no files; its output is lost. */
    void lost(ServiceId id, String why) {
        events.service(id, "output_lost", Map.of("message", why));
    }

    /** No hole could be punched, so everything that was kept was deleted. */
    void emptied(StreamId id, long end) {
        publish(id, "output_emptied", end);
    }

    private void publish(StreamId id, String kind, long end) {
        events.service(id.service(), kind, Map.of("stream", id.leaf(), "offset", end));
    }
}
