package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.ServiceStatus;

/** Not tried again until a command says so; the cause says why. */
record Failed() implements ServiceState.Idle {
    @Override
    public ServiceStatus.State visible() {
        return ServiceStatus.State.FAILED;
    }

    @Override
    public Step on(Event.StartAsked event, Service service, DecisionContext context) {
        if (Oneshots.isOverFor(service, event)) return Oneshots.refuse(service, event.request());
        return Transitions.start(service.history(History.CLEAN), event.request(), context);
    }

    @Override
    public Step on(Event.StopAsked event, Service service, DecisionContext context) {
        return Transitions.restByCommand(Oneshots.begun(service), event.request(), context)
                .done(event.request());
    }

    @Override
    public Step on(Event.RestartAsked event, Service service, DecisionContext context) {
        if (Oneshots.isOverFor(service, event)) return Oneshots.refuse(service, event.request());
        return Transitions.launchByCommand(service.history(History.CLEAN), event.request(), context);
    }

    @Override
    public Step on(Event.ResetAsked event, Service service, DecisionContext context) {
        Service clean = Oneshots.begun(service.history(History.CLEAN));
        if (service.isDesired()) return Transitions.launchByCommand(clean, event.request(), context);
        return Transitions.rest(clean, event.request().cause(), context).done(event.request());
    }

    /** Ends the recorded run of a service whose manifest has become unusable; without one it cannot be supervised. */
    @Override
    public Step on(Event.AgentStarted event, Service service, DecisionContext context) {
        if (service.record().run().isEmpty()) return service.stay();
        RunRecord recorded = service.record().run().get();
        return service.move(Adopting.of(recorded.run()), service.cause(), context)
                .then(new Effect.Adopt(recorded));
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
