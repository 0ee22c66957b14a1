package io.efka.agent.supervision;

import io.efka.protocol.Cause;
import io.efka.protocol.Desired;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.manifest.Manifest;
import java.time.Duration;
import java.util.Optional;

/**
 * Launched, or about to be, and not yet seen alive for long enough.
 *
 * @param process empty until the program is executing
 * @param early what a quick program said before its launch was reported: it may have asked for more time
 */
record Starting(RunId run, Optional<ProcessIdentity> process, Optional<Event.AliveReported> early)
        implements ActiveState {
    Starting(RunId run, Optional<ProcessIdentity> process) {
        this(run, process, Optional.empty());
    }

    @Override
    public ServiceStatus.State visible() {
        return ServiceStatus.State.STARTING;
    }

    /** Joins those who wait. */
    @Override
    public Step on(Event.StartAsked event, Service service, DecisionContext moment) {
        return service.stay().awaitStart(event.request());
    }

    @Override
    public Step on(Event.StopAsked event, Service service, DecisionContext moment) {
        Step told = Transitions.settle(service.desired(Desired.STOPPED))
                .stay()
                .startsRejected(ErrorCode.INTERRUPTED, "a later command stopped the service")
                .awaitStop(event.request());
        Cause cause = Cause.command(event.request().commandId());
        return Transitions.end(told.next(), this, Stopping.Next.rest(), cause, moment)
                .thenFirst(told.effects());
    }

    /** It is being started anyhow; what matters to who asks is that it runs in the end. */
    @Override
    public Step on(Event.RestartAsked event, Service service, DecisionContext moment) {
        if (event.isDoneBy(run)) return service.stay().awaitStart(event.request());
        Step joined = service.stay().awaitStart(event.request());
        Cause cause = Cause.command(event.request().commandId());
        return Transitions.end(joined.next(), this, Stopping.Next.relaunch(), cause, moment)
                .thenFirst(joined.effects());
    }

    @Override
    public Step on(Event.ResetAsked event, Service service, DecisionContext moment) {
        return service.history(History.CLEAN).stay().done(event.request());
    }

    @Override
    public Step on(Event.AgentStopping event, Service service, DecisionContext moment) {
        return Stopping.forAgent(service, this, event, moment);
    }

    /** It was launched; what happens to others now is no reason to end it. */
    @Override
    public Step on(Event.DependenciesReported event, Service service, DecisionContext moment) {
        return service.stay();
    }

    /** {@code SETTLE}: it is seen alive. */
    @Override
    public Step on(Event.TimerFired event, Service service, DecisionContext moment) {
        if (event.kind() != Event.TimerKind.SETTLE || process.isEmpty()) return service.stay();
        return seenAlive(service, process.get(), Transitions.SETTLE, moment);
    }

    private Step seenAlive(Service service, ProcessIdentity alive, Duration age, DecisionContext moment) {
        return Running.enter(service.desired(Desired.RUNNING), run, alive, service.cause(), moment, age);
    }

    @Override
    public Step on(Event.Launched event, Service service, DecisionContext moment) {
        RunRecord before = service.record().run().orElse(new RunRecord(run, moment.now(), Optional.empty()));
        boolean saidReady = before.ready();
        var recorded = new RunRecord(
                run, moment.now(), Optional.of(event.process()), saidReady, before.commanded(), event.group());
        Service launched = service.run(Optional.of(recorded))
                .warnings(event.warnings())
                .state(new Starting(run, Optional.of(event.process())));
        if (early.isPresent()) return heard(early.get(), launched, event.process(), moment);
        if (saidReady) return seenAlive(launched, event.process(), Duration.ZERO, moment);
        return launched.stay().then(new Effect.SetTimer(Event.TimerKind.SETTLE, Transitions.SETTLE));
    }

    @Override
    public Step on(Event.LaunchFailed event, Service service, DecisionContext moment) {
        Cause cause = Transitions.launchFailure(event.why());
        return Transitions.ended(service.run(Optional.empty()), false, false, cause, moment);
    }

    @Override
    public Step on(Event.Exited event, Service service, DecisionContext moment) {
        Cause cause = Transitions.launchFailure(event.exit());
        var next = Stopping.Next.verdict(false);
        if (!event.treeEmpty()) {
            return Transitions.endLeftovers(service.cause(cause), this, event.exit(), next, moment);
        }
        return Transitions.ended(service.over(run, event.exit()), event.exit().isClean(), false, cause, moment);
    }

    @Override
    public Step on(Event.TreeEmptied event, Service service, DecisionContext moment) {
        return service.stay();
    }

    @Override
    public Step on(Event.StopCommandEnded event, Service service, DecisionContext moment) {
        return service.stay();
    }

    @Override
    public Step on(Event.Adopted event, Service service, DecisionContext moment) {
        return service.stay();
    }

    @Override
    public Step on(Event.AdoptionFailed event, Service service, DecisionContext moment) {
        return service.stay();
    }

    /** A program that says it is ready has proved that it runs; a quick one does before its launch is reported. */
    @Override
    public Step on(Event.ReadyReported event, Service service, DecisionContext moment) {
        boolean asked = service.rules().readiness().kind() == Manifest.Readiness.Kind.CHANNEL;
        if (!asked) return service.stay();
        Service noted = Transitions.noteReady(service);
        return process.isEmpty() ? noted.stay() : seenAlive(noted, process.get(), Duration.ZERO, moment);
    }

    /** The same is true of one that asks for more time. */
    @Override
    public Step on(Event.AliveReported event, Service service, DecisionContext moment) {
        if (process.isEmpty()) {
            return service.state(new Starting(run, process, Optional.of(event))).stay();
        }
        return heard(event, service, process.get(), moment);
    }

    private Step heard(Event.AliveReported event, Service service, ProcessIdentity speaker, DecisionContext moment) {
        Step running = seenAlive(service, speaker, Duration.ZERO, moment);
        Step heard = event.applyTo(running.next().state(), running.next(), moment);
        return heard.thenFirst(running.effects());
    }

    @Override
    public Step on(Event.HealthReported event, Service service, DecisionContext moment) {
        return service.stay();
    }
}
