package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.ServiceStatus;
import java.time.Instant;
import java.util.Optional;

/** It failed and is started again when the time has come. */
record Backoff(Instant until) implements ServiceState.Idle {
    @Override
    public ServiceStatus.State visible() {
        return ServiceStatus.State.BACKOFF;
    }

    @Override
    public Optional<Instant> nextAttempt() {
        return Optional.of(until);
    }

    @Override
    public Step on(Event.StartAsked event, Service service, DecisionContext context) {
        return Transitions.launchByCommand(service, event.request(), context);
    }

    @Override
    public Step on(Event.StopAsked event, Service service, DecisionContext context) {
        return Transitions.restByCommand(service, event.request(), context).done(event.request());
    }

    @Override
    public Step on(Event.RestartAsked event, Service service, DecisionContext context) {
        return Transitions.launchByCommand(service, event.request(), context);
    }

    @Override
    public Step on(Event.ResetAsked event, Service service, DecisionContext context) {
        return Transitions.launchByCommand(service.history(History.CLEAN), event.request(), context);
    }

    @Override
    public Step on(Event.AgentStarted event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.DependenciesReported event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.TimerFired event, Service service, DecisionContext context) {
        if (event.kind() != TimerKind.RESTART) return service.stay();
        return Transitions.relaunch(service, service.cause(), context);
    }
}
