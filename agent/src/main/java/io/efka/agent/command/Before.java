package io.efka.agent.command;

import io.efka.agent.service.RunId;
import io.efka.agent.service.ServiceStatus;
import java.util.Optional;

/**
 * What was so of a service when a command to it was accepted: the evidence by which, after a crash, it is known what the
 * command had done already.
 *
 * @param state empty: the service was not installed
 * @param run while there was one
 */
record Before(Optional<ServiceStatus.State> state, Optional<RunId> run) {
    static final Before NOTHING = new Before(Optional.empty(), Optional.empty());

    static Before of(ServiceStatus status) {
        return new Before(Optional.of(status.state()), status.run());
    }

    boolean wasInstalled() {
        return state.isPresent();
    }

    boolean hadToBeStopped() {
        return state.isPresent()
                && state.get() != ServiceStatus.State.STOPPED
                && state.get() != ServiceStatus.State.FAILED;
    }
}
