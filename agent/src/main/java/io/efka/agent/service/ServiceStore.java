package io.efka.agent.service;

import java.util.List;

/** Keeps what must survive a kill -9 and a power cut about every service. Thread-safe. */
public interface ServiceStore {

    /** Every record that was saved and not deleted. */
    List<ServiceRecord> load();

    /**
     * Saves a record in place of the earlier one of the same id. Atomic; durable when it returns. May take the time of
     * a disk sync.
     *
     * @throws StoreException if it could not be made durable (disk full, read-only): the earlier one stands
     */
    void save(ServiceRecord record) throws StoreException;

    /**
     * As {@link #save}, for what has happened already and cannot be refused: also on a full disk, until a reserve is used
     * up.
     */
    void saveFact(ServiceRecord record) throws StoreException;

    /** Forgets the service; durable when it returns. */
    void delete(ServiceId id) throws StoreException;
}
