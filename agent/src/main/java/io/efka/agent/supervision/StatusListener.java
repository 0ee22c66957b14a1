package io.efka.agent.supervision;

import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import java.util.List;
import java.util.function.Supplier;

/** Is told of every change of a service. Called in order on the service's mailbox; must not block or throw. */
public interface StatusListener {
    void changed(ServiceStatus status);

    /** The service was removed. Called on the thread that removes it; may delete a file. */
    void removed(ServiceId id);

    /** A listener that is made later, before the first status. */
    static StatusListener of(Supplier<? extends StatusListener> later) {
        return new StatusListener() {
            @Override
            public void changed(ServiceStatus status) {
                later.get().changed(status);
            }

            @Override
            public void removed(ServiceId id) {
                later.get().removed(id);
            }
        };
    }

    /** A listener that tells all of {@code listeners}, in order. */
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
