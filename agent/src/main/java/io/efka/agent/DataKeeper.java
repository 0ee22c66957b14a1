package io.efka.agent;

import io.efka.agent.service.ServiceId;
import io.efka.agent.service.ServiceStatus;
import io.efka.agent.service.StatusListener;
import io.efka.agent.telemetry.DataPublisher;

/** Has the data of removed services cleared. */
record DataKeeper(DataPublisher data) implements StatusListener {
    @Override
    public void changed(ServiceStatus status) {}

    @Override
    public void removed(ServiceId id) {
        data.removed(id);
    }
}
