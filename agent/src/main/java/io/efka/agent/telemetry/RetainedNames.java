package io.efka.agent.telemetry;

import io.efka.protocol.ServiceId;
import java.util.Map;
import java.util.Set;

/** Stores which names services have retained, so that they can be cleared when a service is removed. Thread-safe. */
public interface RetainedNames {

    /** The saved names by service. */
    Map<ServiceId, Set<String>> load();

    /** Replaces the names of a service; durable within a second. Never blocks. */
    void saveSoon(ServiceId service, Set<String> names);
}
