package io.efka.agent.supervision;

import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import java.util.List;

/** Hears of every change of a service. Called on the service's mailbox, in order: must not block and not throw. */
public interface StatusListener {
    void changed(ServiceStatus status);

    /** The service is no more. Called once, on the thread of whoever removes it; may delete a file. */
    void removed(ServiceId id);

    /** Tells all of them, in order. */
    static StatusListener all(List<StatusListener> listeners) {
        List<StatusListener> all = List.copyOf(listeners);
        return new StatusListener() {
            @Override
            public void changed(ServiceStatus status) {
                all.forEach(listener -> listener.changed(status));
            }

            @Override
            public void removed(ServiceId id) {
                all.forEach(listener -> listener.removed(id));
            }
        };
    }
}
