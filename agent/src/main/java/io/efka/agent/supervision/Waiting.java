package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceStatus;

/**
 * Wanted, but others must be ready first; launched as soon as they are.
 *
 * @param then the cause of the launch that waits
 */
record Waiting(Cause then) implements ServiceState.Idle {
    @Override
    public ServiceStatus.State visible() {
        return ServiceStatus.State.STARTING;
    }

    @Override
    public Step on(Event.StartAsked event, Service service, DecisionContext context) {
        return service.stay().awaitStart(event.request());
    }

    @Override
    public Step on(Event.StopAsked event, Service service, DecisionContext context) {
        return Transitions.restByCommand(service, event.request(), context)
                .startsRejected(ErrorCode.INTERRUPTED, "a later command stopped the service")
                .done(event.request());
    }

    @Override
    public Step on(Event.RestartAsked event, Service service, DecisionContext context) {
        return service.stay().awaitStart(event.request());
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
    public Step on(Event.DependenciesReported event, Service service, DecisionContext context) {
        if (event.missing().isEmpty()) return Transitions.launch(service, then, context);
        Cause cause = Cause.of(Cause.Kind.DEPENDENCY, Transitions.waitingFor(event.missing()));
        return service.cause(cause).stay();
    }

    /** Who asked is told that it takes too long; the service goes on waiting. */
    @Override
    public Step on(Event.TimerFired event, Service service, DecisionContext context) {
        if (event.kind() != TimerKind.READY) return service.stay();
        return service.stay()
                .startsRejected(
                        ErrorCode.NOT_READY,
                        "service " + Transitions.waitingFor(service.missing())
                                + " (after); it starts when they are ready");
    }
}
