package io.efka.agent.output.store;

import java.util.Map;

/** Stores the acknowledged offset of each stream. Thread-safe; never blocks for a sync. */
public interface OffsetStore {

    /** The offset of the first unacknowledged byte, by stream name ({@code camera/stdout}). */
    Map<String, Long> load();

    /** Saves an offset: durable with the next durable change, or within a second. */
    void saveSoon(String stream, long offset);

    /** Deletes the offset of a removed stream. */
    void delete(String stream);
}
