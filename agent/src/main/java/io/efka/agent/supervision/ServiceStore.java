package io.efka.agent.supervision;

import io.efka.protocol.ServiceId;
import java.util.List;
import java.util.Set;

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

    /**
     * As {@link #save} for a service that is new: whatever is still kept of an earlier one of that id (its configuration,
     * how far its output was sent) is forgotten in the same step.
     */
    void add(ServiceRecord record) throws StoreException;

    /**
     * Writes down that a service is being removed, so that whoever starts after a crash goes on with it. Durable when it
     * returns, also on a full disk, until a reserve is used up.
     */
    void beginRemoval(ServiceId id) throws StoreException;

    /** The services whose removal was begun and is not over; of some nothing else is kept any more. */
    Set<ServiceId> removals();

    /**
     * Forgets the service and what is kept of it beside its record; durable when it returns, also on a full disk, until a
     * reserve is used up. A removal that was begun is not over by this: its files may still be there.
     */
    void delete(ServiceId id) throws StoreException;

    /** Nothing of the service is left, or it stays after all. Durable when it returns, or as soon as there is room. */
    void endRemoval(ServiceId id);
}
