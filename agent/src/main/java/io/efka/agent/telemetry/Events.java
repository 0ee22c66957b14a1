package io.efka.agent.telemetry;

import io.efka.protocol.ServiceId;
import java.util.Map;

/** Announces what an operator should know. Thread-safe; never blocks. */
public interface Events {

    /**
     * Announces an event of the agent, published on {@code …/event}.
     *
     * @param kind lower-case words, such as {@code retained_refused}
     * @param fields strings, numbers, booleans, lists and maps of them, or JSON elements
     */
    void device(String kind, Map<String, ?> fields);

    /** Announces an event of one service, published on {@code …/svc/{service}/event}. */
    void service(ServiceId id, String kind, Map<String, ?> fields);

    /** Says how far something is, again and again: as {@link #service}, but not worth keeping. */
    default void progress(ServiceId id, String kind, Map<String, ?> fields) {
        service(id, kind, fields);
    }
}
