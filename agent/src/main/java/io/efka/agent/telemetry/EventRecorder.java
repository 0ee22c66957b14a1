package io.efka.agent.telemetry;

import com.google.gson.JsonObject;
import io.efka.protocol.ServiceId;
import java.util.Optional;

/** Keeps events on the device, so that one that nobody heard is not gone. Thread-safe; never blocks and never fails. */
public interface EventRecorder {

    /**
     * Keeps an event.
     *
     * @param service whose event it is; empty: the agent's
     * @param event as it is published; not changed by anybody from now on
     * @param payload the same, as the bytes that are published
     */
    void record(Optional<ServiceId> service, JsonObject event, byte[] payload);
}
