package io.efka.agent.supervision;

import io.efka.protocol.ServiceId;

/** Keeps the services' configurations. Thread-safe. */
public interface ConfigStore {

    /** The newest that was saved, {@link Configuration#NONE} where there is none. Never blocks. */
    Configuration load(ServiceId service);

    /**
     * Saves one in place of the earlier one; durable when it returns. May take the time of a disk sync.
     *
     * @throws StoreException if it could not be made durable: the earlier one stands
     */
    void save(ServiceId service, Configuration configuration) throws StoreException;

    /** Forgets a service's; durable within a second. Never blocks. */
    void deleteSoon(ServiceId service);

    /**
     * What a service is told about how to work, beside its manifest.
     *
     * @param version counts the changes, from 1; 0: it was never set
     * @param json one JSON object
     */
    record Configuration(long version, String json) {
        /** Nothing was set. */
        public static final Configuration NONE = new Configuration(0, "{}");
    }
}
