package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceStatus;

/** A oneshot that ended with exit code 0. Services that come after it may start. */
record Completed() implements ServiceState.Idle {
    @Override
    public ServiceStatus.State visible() {
        return ServiceStatus.State.COMPLETED;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public Step on(Event.StartAsked event, Service service, DecisionContext context) {
        if (Oneshots.isOverFor(service, event)) return service.stay().done(event.request());
        return Transitions.start(service, event.request(), context);
    }

    @Override
    public Step on(Event.StopAsked event, Service service, DecisionContext context) {
        return service.stay().reject(event.request(), ErrorCode.NOT_RUNNING, "service not running, it has completed");
    }

    @Override
    public Step on(Event.RestartAsked event, Service service, DecisionContext context) {
        if (Oneshots.isOverFor(service, event)) return service.stay().done(event.request());
        return Transitions.launchByCommand(service, event.request(), context);
    }

    @Override
    public Step on(Event.ResetAsked event, Service service, DecisionContext context) {
        return service.history(History.CLEAN).stay().done(event.request());
    }

    @Override
    public Step on(Event.AgentStarted event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.AgentStopping event, Service service, DecisionContext context) {
        return service.stay().then(new Effect.Run(event.done()));
    }

    @Override
    public Step on(Event.DependenciesReported event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.TimerFired event, Service service, DecisionContext context) {
        return service.stay();
    }
}
