package io.efka.agent.service;

import java.time.Instant;
import java.util.Optional;

/** It failed and is started again when the time has come. */
record Backoff(Instant until) implements IdleState {
    @Override
    public ServiceStatus.State visible() {
        return ServiceStatus.State.BACKOFF;
    }

    @Override
    public Optional<Instant> nextAttempt() {
        return Optional.of(until);
    }

    @Override
    public Step on(Event.StartAsked event, Service service, Moment moment) {
        return Transitions.launchByCommand(service, event.request(), moment);
    }

    @Override
    public Step on(Event.StopAsked event, Service service, Moment moment) {
        return Transitions.rest(
                        service.desired(Desired.STOPPED),
                        Cause.command(event.request().commandId()),
                        moment)
                .done(event.request());
    }

    @Override
    public Step on(Event.RestartAsked event, Service service, Moment moment) {
        return Transitions.launchByCommand(service, event.request(), moment);
    }

    @Override
    public Step on(Event.ResetAsked event, Service service, Moment moment) {
        return Transitions.launchByCommand(service.history(History.CLEAN), event.request(), moment);
    }

    @Override
    public Step on(Event.AgentStarted event, Service service, Moment moment) {
        return service.stay();
    }

    @Override
    public Step on(Event.DependenciesReported event, Service service, Moment moment) {
        return service.stay();
    }

    @Override
    public Step on(Event.TimerFired event, Service service, Moment moment) {
        if (event.kind() != Event.TimerKind.RESTART) return service.stay();
        return Transitions.relaunch(service, service.cause(), moment);
    }
}
