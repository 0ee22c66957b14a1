package io.efka.agent.telemetry;

import io.efka.protocol.ServiceId;
import java.util.Map;
import java.util.Set;

/** Remembers what services have retained at the broker, so that it can be cleared when they are removed. Thread-safe. */
public interface RetainedNames {

    /** What was saved, by service. */
    Map<ServiceId, Set<String>> load();

    /** Saves all names of a service in place of the earlier ones; durable within a second. Never blocks. */
    void saveSoon(ServiceId service, Set<String> names);
}
