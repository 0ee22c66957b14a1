package io.efka.agent.service;

import java.time.Duration;
import java.util.Optional;

/**
 * Launched, or about to be, and not yet seen alive for long enough.
 *
 * @param process empty until the program is executing
 */
record Starting(RunId run, Optional<ProcessIdentity> process) implements ActiveState {
    @Override
    public ServiceStatus.State visible() {
        return ServiceStatus.State.STARTING;
    }

    /** Joins those who wait. */
    @Override
    public Step on(Event.StartAsked event, Service service, Moment moment) {
        return service.stay().awaitStart(event.request());
    }

    @Override
    public Step on(Event.StopAsked event, Service service, Moment moment) {
        Step told = service.desired(Desired.STOPPED)
                .stay()
                .startsRejected(Outcome.Reason.INTERRUPTED, "a later command stopped the service")
                .awaitStop(event.request());
        Cause cause = Cause.command(event.request().commandId());
        return Transitions.end(told.next(), this, Stopping.Next.rest(), cause, moment)
                .thenFirst(told.effects());
    }

    /** It is being started anyhow; what matters to who asks is that it runs in the end. */
    @Override
    public Step on(Event.RestartAsked event, Service service, Moment moment) {
        Step joined = service.stay().awaitStart(event.request());
        Cause cause = Cause.command(event.request().commandId());
        return Transitions.end(joined.next(), this, Stopping.Next.relaunch(), cause, moment)
                .thenFirst(joined.effects());
    }

    @Override
    public Step on(Event.ResetAsked event, Service service, Moment moment) {
        return service.history(History.CLEAN).stay().done(event.request());
    }

    @Override
    public Step on(Event.AgentStopping event, Service service, Moment moment) {
        return Stopping.forAgent(service, this, event, moment);
    }

    /** It was launched; what happens to others now is no reason to end it. */
    @Override
    public Step on(Event.DependenciesReported event, Service service, Moment moment) {
        return service.stay();
    }

    /** {@code SETTLE}: it is seen alive. */
    @Override
    public Step on(Event.TimerFired event, Service service, Moment moment) {
        if (event.kind() != Event.TimerKind.SETTLE || process.isEmpty()) return service.stay();
        Service wanted = service.desired(Desired.RUNNING);
        return Running.enter(wanted, run, process.get(), service.cause(), moment, Transitions.SETTLE);
    }

    @Override
    public Step on(Event.Launched event, Service service, Moment moment) {
        var recorded = new RunRecord(run, moment.now(), Optional.of(event.process()));
        return service.run(Optional.of(recorded))
                .warnings(event.warnings())
                .state(new Starting(run, Optional.of(event.process())))
                .stay()
                .then(new Effect.SetTimer(Event.TimerKind.SETTLE, Transitions.SETTLE));
    }

    @Override
    public Step on(Event.LaunchFailed event, Service service, Moment moment) {
        Cause cause = Transitions.launchFailure(event.why());
        return Transitions.ended(service.run(Optional.empty()), false, false, cause, moment);
    }

    @Override
    public Step on(Event.Exited event, Service service, Moment moment) {
        Cause cause = Transitions.launchFailure(event.exit());
        var next = Stopping.Next.verdict(false);
        if (!event.treeEmpty()) {
            return Transitions.endLeftovers(service.cause(cause), this, event.exit(), next, moment);
        }
        return Transitions.ended(service.over(run, event.exit()), event.exit().isClean(), false, cause, moment);
    }

    @Override
    public Step on(Event.TreeEmptied event, Service service, Moment moment) {
        return service.stay();
    }

    @Override
    public Step on(Event.StopCommandEnded event, Service service, Moment moment) {
        return service.stay();
    }

    @Override
    public Step on(Event.Adopted event, Service service, Moment moment) {
        return service.stay();
    }

    @Override
    public Step on(Event.AdoptionFailed event, Service service, Moment moment) {
        return service.stay();
    }

    /** A program that says it is ready has proved that it runs. */
    @Override
    public Step on(Event.ReadyReported event, Service service, Moment moment) {
        boolean asked = service.rules().readiness().kind() == Manifest.Readiness.Kind.CHANNEL;
        if (!asked || process.isEmpty()) return service.stay();
        Service wanted = service.desired(Desired.RUNNING);
        Step running = Running.enter(wanted, run, process.get(), service.cause(), moment, Duration.ZERO);
        Step ready = event.applyTo(running.next().state(), running.next(), moment);
        return ready.thenFirst(running.effects());
    }

    @Override
    public Step on(Event.HealthReported event, Service service, Moment moment) {
        return service.stay();
    }
}
