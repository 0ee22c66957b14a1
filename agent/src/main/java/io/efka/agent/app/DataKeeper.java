package io.efka.agent.app;

import io.efka.agent.supervision.StatusListener;
import io.efka.agent.telemetry.DataPublisher;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;

/** Has the data of removed services cleared. */
record DataKeeper(DataPublisher data) implements StatusListener {
    @Override
    public void changed(ServiceStatus status) {}

    @Override
    public void removed(ServiceId id) {
        data.removed(id);
    }
}
