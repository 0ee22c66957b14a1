package io.efka.agent.release;

import io.efka.agent.supervision.StoreException;
import io.efka.protocol.ServiceId;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Keeps releases as a store does: encoded, so that what is loaded is what survives a crash. */
public final class InMemoryReleases implements ReleaseStore {
    private final Map<ServiceId, String> documents = new HashMap<>();

    /** Whether saving fails, as on a full disk. */
    boolean isFull;

    @Override
    public synchronized Map<ServiceId, ServiceReleases> load() {
        var all = new HashMap<ServiceId, ServiceReleases>();
        documents.forEach((id, document) -> all.put(id, ReleaseCodec.decode(document)));
        return all;
    }

    @Override
    public synchronized void save(ServiceId service, ServiceReleases releases) throws StoreException {
        if (isFull) throw new StoreException("no space left", new IOException("no space left"));
        documents.put(service, ReleaseCodec.encode(releases));
    }

    @Override
    public synchronized void saveFact(ServiceId service, ServiceReleases releases) {
        documents.put(service, ReleaseCodec.encode(releases));
    }

    @Override
    public synchronized void deleteSoon(ServiceId service) {
        documents.remove(service);
    }
}
