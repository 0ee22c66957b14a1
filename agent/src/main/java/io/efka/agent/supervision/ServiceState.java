package io.efka.agent.supervision;

import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a service is in its life. A state holds only what is true in it, and answers every event that can reach it with
 * a step; the whole table is printed in {@code agent/docs/states.md}.
 */
public sealed interface ServiceState permits IdleState, ActiveState {

    /** What a user sees of it. */
    ServiceStatus.State visible();

    Step on(Event.StartAsked event, Service service, DecisionContext context);

    Step on(Event.StopAsked event, Service service, DecisionContext context);

    Step on(Event.RestartAsked event, Service service, DecisionContext context);

    Step on(Event.ResetAsked event, Service service, DecisionContext context);

    Step on(Event.SignalAsked event, Service service, DecisionContext context);

    Step on(Event.InputAsked event, Service service, DecisionContext context);

    Step on(Event.AgentStarted event, Service service, DecisionContext context);

    Step on(Event.AgentStopping event, Service service, DecisionContext context);

    Step on(Event.DependenciesReported event, Service service, DecisionContext context);

    Step on(Event.TimerFired event, Service service, DecisionContext context);

    /** Of interest only to a state that waits for it: any other has heard of another one since. */
    default Step on(Event.ManifestRead event, Service service, DecisionContext context) {
        return service.stay();
    }

    /** Answers an event of some run, if it is of the run this state is about. */
    Step onRun(Event.OfRun event, Service service, DecisionContext context);

    default boolean isReady() {
        return false;
    }

    default ServiceStatus.HealthState health() {
        return ServiceStatus.HealthState.UNKNOWN;
    }

    default Optional<RunId> currentRun() {
        return Optional.empty();
    }

    /** When something is tried again. */
    default Optional<Instant> nextAttempt() {
        return Optional.empty();
    }

    default OptionalLong pid() {
        return OptionalLong.empty();
    }
}
