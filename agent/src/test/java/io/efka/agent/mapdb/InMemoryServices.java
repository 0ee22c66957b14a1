package io.efka.agent.mapdb;

import io.efka.agent.service.ServiceId;
import io.efka.agent.service.ServiceRecord;
import io.efka.agent.service.ServiceStore;
import io.efka.agent.service.StoreException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A service store without a disk, that fails when told to. Thread-safe. */
public final class InMemoryServices implements ServiceStore {
    private final Map<ServiceId, ServiceRecord> services = new TreeMap<>();
    private boolean failing;

    /** Whether changes are refused from now on, as a full disk does. */
    public synchronized void fail(boolean failing) {
        this.failing = failing;
    }

    @Override
    public synchronized List<ServiceRecord> load() {
        return List.copyOf(services.values());
    }

    @Override
    public synchronized void save(ServiceRecord service) throws StoreException {
        requireRoom();
        services.put(service.id(), service);
    }

    @Override
    public synchronized void delete(ServiceId id) throws StoreException {
        requireRoom();
        services.remove(id);
    }

    private void requireRoom() throws StoreException {
        if (failing) throw new StoreException("no space left", new IOException("no space left"));
    }
}
