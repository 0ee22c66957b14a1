package io.efka.agent.supervision;

import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;

/** A state without a process: whatever is told of a run is of an earlier one. */
sealed interface IdleState extends ServiceState permits Stopped, Waiting, Backoff, Failed, Unread {

    @Override
    default Step onRun(Event.OfRun event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    default Step on(Event.SignalAsked event, Service service, DecisionContext context) {
        return service.stay().reject(event.request(), ErrorCode.NOT_RUNNING, service.notRunning());
    }

    @Override
    default Step on(Event.InputAsked event, Service service, DecisionContext context) {
        return service.stay().reject(event.request(), ErrorCode.NOT_RUNNING, service.notRunning());
    }

    /** There is nothing to end, so the agent need not wait for it; what is pending dies with the agent. */
    @Override
    default Step on(Event.AgentStopping event, Service service, DecisionContext context) {
        return service.move(new Stopped(), Cause.of(Cause.Kind.AGENT_STOP), context)
                .interruptAll("the agent is stopping")
                .then(new Effect.Run(event.done()));
    }
}
