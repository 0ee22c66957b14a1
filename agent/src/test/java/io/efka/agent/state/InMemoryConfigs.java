package io.efka.agent.state;

import io.efka.agent.supervision.ConfigStore;
import io.efka.agent.supervision.ConfigStore.Configuration;
import io.efka.agent.supervision.StoreException;
import io.efka.protocol.ServiceId;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Configurations without a disk; to save one fails when told to. Thread-safe. */
public final class InMemoryConfigs implements ConfigStore {
    private final Map<ServiceId, Configuration> kept = new ConcurrentHashMap<>();
    private volatile boolean failing;

    /** Whether nothing can be saved from now on, as on a full disk. */
    public void fail(boolean nothingCanBeSaved) {
        failing = nothingCanBeSaved;
    }

    @Override
    public Configuration load(ServiceId service) {
        return kept.getOrDefault(service, Configuration.NONE);
    }

    @Override
    public void save(ServiceId service, Configuration configuration) throws StoreException {
        if (failing) throw new StoreException("no space left", new IOException("no space left"));
        kept.put(service, configuration);
    }

    @Override
    public void deleteSoon(ServiceId service) {
        kept.remove(service);
    }
}
