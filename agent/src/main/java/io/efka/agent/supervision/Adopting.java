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
import java.time.Duration;
import java.util.Optional;

/**
 * An earlier agent recorded a run; this one is checking whether it is alive.
 *
 * @param again a restart was asked for meanwhile: what is found alive is ended, and another run begun
 * @param early what it said before it was found: it may have asked for more time
 */
record Adopting(RunId run, boolean again, Optional<Event.AliveReported> early) implements ServiceState.Active {

    static Adopting of(RunId run) {
        return new Adopting(run, false, Optional.empty());
    }

    @Override
    public ServiceStatus.State visible() {
        return ServiceStatus.State.STARTING;
    }

    @Override
    public Optional<ProcessIdentity> process() {
        return Optional.empty();
    }

    @Override
    public Step on(Event.StartAsked event, Service service, DecisionContext context) {
        return service.desired(Desired.RUNNING).stay().awaitStart(event.request());
    }

    /** What is found alive is ended when it is found. */
    @Override
    public Step on(Event.StopAsked event, Service service, DecisionContext context) {
        return Transitions.withoutCommand(service.desired(Desired.STOPPED))
                .stay()
                .startsRejected(ErrorCode.INTERRUPTED, "a later command stopped the service")
                .awaitStop(event.request());
    }

    @Override
    public Step on(Event.RestartAsked event, Service service, DecisionContext context) {
        if (event.isDoneBy(run)) return service.desired(Desired.RUNNING).stay().awaitStart(event.request());
        return service.desired(Desired.RUNNING)
                .state(new Adopting(run, true, early))
                .cause(event.request().cause())
                .stay()
                .awaitStart(event.request());
    }

    @Override
    public Step on(Event.ResetAsked event, Service service, DecisionContext context) {
        return service.history(History.CLEAN).stay().done(event.request());
    }

    /** The record stays: the next agent looks again. */
    @Override
    public Step on(Event.AgentStopping event, Service service, DecisionContext context) {
        return service.stay().interruptAll("the agent is stopping").then(new Effect.Run(event.done()));
    }

    @Override
    public Step on(Event.DependenciesReported event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.TimerFired event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.Launched event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.LaunchFailed event, Service service, DecisionContext context) {
        return service.stay();
    }

    /** It ended between being found and being reported. */
    @Override
    public Step on(Event.Exited event, Service service, DecisionContext context) {
        if (!event.treeEmpty()) {
            return Transitions.endOrphans(service, this, event.exit(), Stopping.Next.verdict(false), context);
        }
        return gone(service.over(run, event.exit()), context);
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
        RunRecord before = service.record().run().orElse(new RunRecord(run, context.now(), Optional.empty()));
        RunRecord recorded = before.with(event.process(), event.group());
        Service known = service.run(Optional.of(recorded)).warnings(event.warnings());
        boolean wanted = service.isDesired() || before.commanded();
        if (!wanted || service.manifest().isEmpty()) {
            var found = new Starting(run, Optional.of(event.process()));
            return Transitions.end(known, found, Stopping.Next.rest(), service.cause(), context);
        }
        if (again) {
            Service anew = known.history(known.record().history().startedByCommand());
            var found = new Starting(run, Optional.of(event.process()));
            return Transitions.end(anew, found, Stopping.Next.relaunch(), service.cause(), context);
        }
        Duration age = event.age().orElseGet(() -> Duration.between(recorded.since(), context.now()));
        return takenOver(known.desired(Desired.RUNNING), event.process(), age, context);
    }

    /** What time it was granted beyond its rules nobody remembers: it has as much as at its launch, or what it asked for. */
    private Step takenOver(Service known, ProcessIdentity process, Duration age, DecisionContext context) {
        Step running = Running.enter(known, run, process, Cause.of(Cause.Kind.ADOPTED), context, age);
        Duration usual = known.effectiveManifest().readiness().timeout();
        Duration asked = early.flatMap(Event.AliveReported::extend).orElse(usual);
        var said = new Event.AliveReported(run, Optional.of(asked.compareTo(usual) > 0 ? asked : usual));
        return said.applyTo(running.next().state(), running.next(), context).thenFirst(running.effects());
    }

    @Override
    public Step on(Event.AdoptionFailed event, Service service, DecisionContext context) {
        return gone(service.run(Optional.empty()), context);
    }

    /** It found the new agent before this one found it: kept until it is adopted. */
    @Override
    public Step on(Event.ReadyReported event, Service service, DecisionContext context) {
        return Transitions.noteReady(service).stay();
    }

    @Override
    public Step on(Event.AliveReported event, Service service, DecisionContext context) {
        return service.state(new Adopting(run, again, Optional.of(event))).stay();
    }

    @Override
    public Step on(Event.HealthReported event, Service service, DecisionContext context) {
        return service.stay();
    }

    private Step gone(Service service, DecisionContext context) {
        Cause cause = Cause.of(Cause.Kind.AGENT_START, "the run that was recorded is not alive any more");
        if (service.manifest().isEmpty() && service.isDesired()) {
            return service.move(new Failed(), Cause.of(Cause.Kind.INVALID_MANIFEST), context)
                    .startsRejected(ErrorCode.INVALID_MANIFEST, "manifest cannot be used")
                    .stopsDone();
        }
        boolean wanted = service.isDesired()
                && (service.record().autostart() || !service.waiters().starts().isEmpty());
        if (!wanted) return Transitions.rest(service, cause, context);
        if (!again && service.schedule().isPresent()) {
            return Oneshots.schedule(service, cause, context).startsDone();
        }
        return Transitions.relaunch(service, cause, context);
    }
}
