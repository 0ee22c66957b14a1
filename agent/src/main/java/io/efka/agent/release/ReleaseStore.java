package io.efka.agent.release;

import io.efka.agent.supervision.StoreException;
import io.efka.protocol.ServiceId;
import java.util.Map;

/** Keeps what must survive a kill -9 and a power cut about the releases of every service. Thread-safe. */
public interface ReleaseStore {

    /** What was saved and not deleted. */
    Map<ServiceId, ServiceReleases> load();

    /**
     * Saves in place of what was saved before. Atomic; durable when it returns. May take the time of a disk sync.
     *
     * @throws StoreException if it could not be made durable: what was before stands
     */
    void save(ServiceId service, ServiceReleases releases) throws StoreException;

    /** As {@link #save}, for what has happened already: also on a full disk, until a reserve is used up. */
    void saveFact(ServiceId service, ServiceReleases releases) throws StoreException;

    /** The service was removed. Durable soon. */
    void deleteSoon(ServiceId service);
}
