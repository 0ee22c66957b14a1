package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;

/** Nothing runs, and no start is due. */
record Stopped() implements ServiceState.Idle {
    @Override
    public ServiceStatus.State visible() {
        return ServiceStatus.State.STOPPED;
    }

    @Override
    public Step on(Event.StartAsked event, Service service, DecisionContext context) {
        return Transitions.start(service, event.request(), context);
    }

    /** A service that its policy ({@code never}) does not restart may still be desired; a stop then has an effect. */
    @Override
    public Step on(Event.StopAsked event, Service service, DecisionContext context) {
        if (!service.isDesired()) {
            return service.stay().reject(event.request(), ErrorCode.NOT_RUNNING, "service not running");
        }
        Step step = service.desired(Desired.STOPPED).move(this, event.request().cause(), context);
        return step.done(event.request());
    }

    @Override
    public Step on(Event.RestartAsked event, Service service, DecisionContext context) {
        return Transitions.launchByCommand(service, event.request(), context);
    }

    @Override
    public Step on(Event.ResetAsked event, Service service, DecisionContext context) {
        return service.history(History.CLEAN).stay().done(event.request());
    }

    @Override
    public Step on(Event.AgentStarted event, Service service, DecisionContext context) {
        if (service.record().run().isPresent()) {
            RunRecord recorded = service.record().run().get();
            return service.move(Adopting.of(recorded.run()), Cause.of(Cause.Kind.AGENT_START), context)
                    .then(new Effect.Adopt(recorded));
        }
        if (!service.isDesired() || !service.record().autostart()) return service.stay();
        return Transitions.begin(service, Cause.of(Cause.Kind.AGENT_START), context);
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
