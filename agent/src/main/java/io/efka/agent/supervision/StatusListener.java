package io.efka.agent.supervision;

import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;

/** Hears of every change of a service. Called on the service's mailbox, in order: must not block and not throw. */
public interface StatusListener {
    void changed(ServiceStatus status);

    /** The service is no more. Called once, on the thread of whoever removes it; may delete a file. */
    void removed(ServiceId id);
}
