package io.efka.agent.telemetry;

import io.efka.protocol.ServiceId;
import java.util.Map;

/** Where any room announces what an operator should hear of. Thread-safe; never blocks. */
public interface Events {

    /**
     * An agent-level event, published on {@code …/event}.
     *
     * @param kind lower-case words: {@code retained_refused}
     * @param fields strings, numbers, booleans, lists and maps of them, or what is JSON already
     */
    void device(String kind, Map<String, ?> fields);

    /** An event of one service, published on {@code …/svc/{service}/event}. */
    void service(ServiceId id, String kind, Map<String, ?> fields);
}
