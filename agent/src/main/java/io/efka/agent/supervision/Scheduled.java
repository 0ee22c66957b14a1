package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceStatus;
import java.time.Instant;
import java.util.Optional;

/**
 * A oneshot between two runs; its schedule is in force.
 *
 * @param due the next due time
 * @param begin when that run begins: {@code due} and some jitter
 */
record Scheduled(Instant due, Instant begin) implements ServiceState.Idle {
    @Override
    public ServiceStatus.State visible() {
        return ServiceStatus.State.SCHEDULED;
    }

    @Override
    public Optional<Instant> nextRun() {
        return Optional.of(begin);
    }

    /** Its schedule is what a start is for, so that is done. */
    @Override
    public Step on(Event.StartAsked event, Service service, DecisionContext context) {
        if (service.schedule().isEmpty()) {
            return Transitions.start(service, event.request(), context);
        }
        if (event.resumed()) return service.stay().done(event.request());
        return service.stay()
                .reject(
                        event.request(),
                        ErrorCode.ALREADY_RUNNING,
                        "service runs by its schedule, next at " + begin + "; restart runs it now");
    }

    @Override
    public Step on(Event.StopAsked event, Service service, DecisionContext context) {
        return Transitions.restByCommand(service, event.request(), context).done(event.request());
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
    public Step on(Event.DependenciesReported event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.ManifestChanged event, Service service, DecisionContext context) {
        boolean isScheduled = service.schedule().isPresent();
        return isScheduled ? Oneshots.schedule(service, service.cause(), context) : service.stay();
    }

    @Override
    public Step on(Event.TimerFired event, Service service, DecisionContext context) {
        if (event.kind() != TimerKind.DUE) return service.stay();
        return service.schedule()
                .map(rule -> Oneshots.due(service, this, rule, context))
                .orElseGet(() -> Transitions.rest(service, service.cause(), context));
    }
}
