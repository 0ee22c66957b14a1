package io.efka.agent.desired;

import io.efka.agent.supervision.StoreException;
import java.util.List;
import java.util.Map;

/** Keeps documents over a kill -9 and a power cut, as texts by their path. Thread-safe. */
public interface DocumentStore {

    /** What was saved and not deleted, by path. */
    Map<String, String> load();

    /**
     * Saves these in place of what was saved of them before; all or none. Durable when it returns. May take the time of a disk
     * sync.
     *
     * @throws StoreException if they could not be made durable: what was before stands
     */
    void save(Map<String, String> documents) throws StoreException;

    /** As {@link #save}, for what has happened already: also on a full disk, until a reserve is used up. */
    void saveFact(Map<String, String> documents) throws StoreException;

    /** Durable soon. */
    void deleteSoon(List<String> paths);
}
