package io.efka.agent.command.ledger;

import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus;
import java.util.Optional;

/**
 * The service's state when the command was accepted. After a crash it shows which steps were already done.
 *
 * @param state empty: the service was not installed
 * @param run while there was one
 */
public record ServiceSnapshot(Optional<ServiceStatus.State> state, Optional<RunId> run) {
    public static final ServiceSnapshot NONE = new ServiceSnapshot(Optional.empty(), Optional.empty());

    public static ServiceSnapshot of(ServiceStatus status) {
        return new ServiceSnapshot(Optional.of(status.state()), status.run());
    }

    public boolean wasInstalled() {
        return state.isPresent();
    }

    public boolean hadToBeStopped() {
        return state.isPresent()
                && state.get() != ServiceStatus.State.STOPPED
                && state.get() != ServiceStatus.State.FAILED;
    }
}
