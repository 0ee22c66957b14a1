package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
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
        implements ServiceState.Active {
    Starting(RunId run, Optional<ProcessIdentity> process) {
        this(run, process, Optional.empty());
    }

    @Override
    public ServiceStatus.State visible() {
        return ServiceStatus.State.STARTING;
    }

    /** Joins those who wait. */
    @Override
    public Step on(Event.StartAsked event, Service service, DecisionContext context) {
        return service.stay().awaitStart(event.request());
    }

    @Override
    public Step on(Event.StopAsked event, Service service, DecisionContext context) {
        Step told = Transitions.withoutCommand(service.desired(Desired.STOPPED))
                .stay()
                .startsRejected(ErrorCode.INTERRUPTED, "a later command stopped the service")
                .awaitStop(event.request());
        Cause cause = event.request().cause();
        return Transitions.end(told.next(), this, Stopping.Next.rest(), cause, context)
                .thenFirst(told.effects());
    }

    /** It is being started anyhow; what matters to who asks is that it runs in the end. */
    @Override
    public Step on(Event.RestartAsked event, Service service, DecisionContext context) {
        if (event.isDoneBy(run)) return service.stay().awaitStart(event.request());
        Step joined = service.stay().awaitStart(event.request());
        Cause cause = event.request().cause();
        return Transitions.end(joined.next(), this, Stopping.Next.relaunch(), cause, context)
                .thenFirst(joined.effects());
    }

    @Override
    public Step on(Event.ResetAsked event, Service service, DecisionContext context) {
        return service.history(History.CLEAN).stay().done(event.request());
    }

    @Override
    public Step on(Event.AgentStopping event, Service service, DecisionContext context) {
        return Stopping.forAgent(service, this, event, context);
    }

    /** It was launched; what happens to others now is no reason to end it. */
    @Override
    public Step on(Event.DependenciesReported event, Service service, DecisionContext context) {
        return service.stay();
    }

    /** {@code ALIVE_THRESHOLD}: it is seen alive. */
    @Override
    public Step on(Event.TimerFired event, Service service, DecisionContext context) {
        if (event.kind() != TimerKind.ALIVE_THRESHOLD || process.isEmpty()) return service.stay();
        return confirmedAlive(service, process.get(), Transitions.ALIVE_THRESHOLD, context);
    }

    private Step confirmedAlive(Service service, ProcessIdentity alive, Duration age, DecisionContext context) {
        return Running.enter(service.desired(Desired.RUNNING), run, alive, service.cause(), context, age);
    }

    @Override
    public Step on(Event.Launched event, Service service, DecisionContext context) {
        RunRecord before = service.record().run().orElse(new RunRecord(run, context.now(), Optional.empty()));
        boolean saidReady = before.ready();
        var recorded = new RunRecord(
                run, context.now(), Optional.of(event.process()), saidReady, before.commanded(), event.group());
        Service launched = service.run(Optional.of(recorded))
                .warnings(event.warnings())
                .state(new Starting(run, Optional.of(event.process())));
        if (early.isPresent()) return heard(early.get(), launched, event.process(), context);
        if (saidReady) return confirmedAlive(launched, event.process(), Duration.ZERO, context);
        return launched.stay().then(new Effect.SetTimer(TimerKind.ALIVE_THRESHOLD, Transitions.ALIVE_THRESHOLD));
    }

    @Override
    public Step on(Event.LaunchFailed event, Service service, DecisionContext context) {
        Cause cause = Transitions.launchFailure(event.why());
        return Transitions.ended(service.run(Optional.empty()), false, false, cause, context);
    }

    @Override
    public Step on(Event.Exited event, Service service, DecisionContext context) {
        Cause cause = Transitions.earlyEnd(service, event.exit());
        var next = Stopping.Next.verdict(false);
        if (!event.treeEmpty()) {
            return Transitions.endOrphans(service.cause(cause), this, event.exit(), next, context);
        }
        return Transitions.ended(service.over(run, event.exit()), event.exit().isClean(), false, cause, context);
    }

    @Override
    public Step on(Event.TreeEmptied event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.StopCommandEnded event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.Adopted event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.AdoptionFailed event, Service service, DecisionContext context) {
        return service.stay();
    }

    /** A program that says it is ready has proved that it runs; a quick one does before its launch is reported. */
    @Override
    public Step on(Event.ReadyReported event, Service service, DecisionContext context) {
        boolean asked = service.effectiveManifest().readiness().kind() == Manifest.Readiness.Kind.CHANNEL;
        if (!asked) return service.stay();
        Service noted = Transitions.noteReady(service);
        return process.isEmpty() ? noted.stay() : confirmedAlive(noted, process.get(), Duration.ZERO, context);
    }

    /** The same is true of one that asks for more time. */
    @Override
    public Step on(Event.AliveReported event, Service service, DecisionContext context) {
        if (process.isEmpty()) {
            return service.state(new Starting(run, process, Optional.of(event))).stay();
        }
        return heard(event, service, process.get(), context);
    }

    private Step heard(Event.AliveReported event, Service service, ProcessIdentity speaker, DecisionContext context) {
        Step running = confirmedAlive(service, speaker, Duration.ZERO, context);
        Step heard = event.applyTo(running.next().state(), running.next(), context);
        return heard.thenFirst(running.effects());
    }

    @Override
    public Step on(Event.HealthReported event, Service service, DecisionContext context) {
        return service.stay();
    }
}
