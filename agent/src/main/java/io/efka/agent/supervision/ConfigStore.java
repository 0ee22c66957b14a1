package io.efka.agent.supervision;

import io.efka.protocol.ServiceId;

/** Keeps the services' configurations. Thread-safe. */
public interface ConfigStore {

    /** The configuration saved last; {@link Configuration#NONE} if none was. Never blocks. */
    Configuration load(ServiceId service);

    /**
     * Replaces the configuration; durable when it returns. May take the time of a disk sync.
     *
     * @throws StoreException if it could not be made durable; the earlier configuration stays
     */
    void save(ServiceId service, Configuration configuration) throws StoreException;

    /** Deletes the configuration; durable within a second. Never blocks. */
    void deleteSoon(ServiceId service);

    /**
     * Settings that a service gets at run time, besides its manifest.
     *
     * @param version the number of changes so far; 0 if it was never set
     * @param json one JSON object
     */
    record Configuration(long version, String json) {
        /** No configuration was ever set. */
        public static final Configuration NONE = new Configuration(0, "{}");
    }
}
