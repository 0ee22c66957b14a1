package io.efka.agent.command.ledger;

import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus;
import java.util.Optional;

/**
 * What was so of a service when a command to it was accepted: the evidence by which, after a crash, it is known what the
 * command had done already.
 *
 * @param state empty: the service was not installed
 * @param run while there was one
 */
public record ServiceSnapshot(Optional<ServiceStatus.State> state, Optional<RunId> run) {
    public static final ServiceSnapshot NOTHING = new ServiceSnapshot(Optional.empty(), Optional.empty());

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
