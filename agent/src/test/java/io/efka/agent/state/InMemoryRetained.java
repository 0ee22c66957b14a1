package io.efka.agent.state;

import io.efka.agent.telemetry.RetainedNames;
import io.efka.protocol.ServiceId;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Names of what services have retained, without a disk. Thread-safe. */
public final class InMemoryRetained implements RetainedNames {
    private final Map<ServiceId, Set<String>> saved = new ConcurrentHashMap<>();

    @Override
    public Map<ServiceId, Set<String>> load() {
        return Map.copyOf(saved);
    }

    @Override
    public void saveSoon(ServiceId service, Set<String> names) {
        if (names.isEmpty()) saved.remove(service);
        else saved.put(service, Set.copyOf(names));
    }
}
