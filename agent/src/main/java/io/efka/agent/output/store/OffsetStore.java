package io.efka.agent.output.store;

import java.util.Map;

/** Keeps how far every stream was acknowledged by the broker. Thread-safe; never blocks on a sync. */
public interface OffsetStore {

    /** Stream name, {@code camera/stdout}, to the offset of the first byte that was not acknowledged. */
    Map<String, Long> load();

    /** Durable with the next durable change, or within a second. */
    void saveSoon(String stream, long offset);

    /** Forgets a stream that is gone. */
    void delete(String stream);
}
