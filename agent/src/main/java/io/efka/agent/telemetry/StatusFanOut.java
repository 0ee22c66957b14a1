package io.efka.agent.telemetry;

import io.efka.agent.supervision.StatusListener;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import java.util.List;

/** Tells several listeners, in order. */
public record StatusFanOut(List<StatusListener> listeners) implements StatusListener {
    public StatusFanOut {
        listeners = List.copyOf(listeners);
    }

    @Override
    public void changed(ServiceStatus status) {
        listeners.forEach(listener -> listener.changed(status));
    }

    @Override
    public void removed(ServiceId id) {
        listeners.forEach(listener -> listener.removed(id));
    }
}
