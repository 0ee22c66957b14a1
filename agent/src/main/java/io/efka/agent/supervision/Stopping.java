package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Exit;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest;
import java.util.List;
import java.util.Optional;

/**
 * Asked to end, and not yet gone with its whole tree.
 *
 * @param process empty if it was to end before its launch was over
 * @param exit of the main process, once it is gone
 * @param next what follows
 * @param kills how often the tree was killed for taking too long
 */
record Stopping(RunId run, Optional<ProcessIdentity> process, Optional<Exit> exit, Next next, int kills)
        implements ServiceState.Active {

    /** What follows when it is gone. */
    enum Kind {
        /** Stay stopped. */
        REST,
        /** Start again. */
        RELAUNCH,
        /** Ask the restart policy, as after a crash. */
        VERDICT,
        /** The agent ends: stay as desired as it was. */
        AGENT_END,
        /** The agent failed at it: stay failed. */
        FAIL
    }

    /**
     * What follows, and who is told.
     *
     * @param stable for {@code VERDICT}: whether the run had lasted long enough to forgive the ones before
     * @param done for {@code AGENT_END}: runs when it is gone
     */
    record Next(Kind kind, boolean stable, Optional<Runnable> done) {
        static Next rest() {
            return new Next(Kind.REST, false, Optional.empty());
        }

        static Next relaunch() {
            return new Next(Kind.RELAUNCH, false, Optional.empty());
        }

        static Next verdict(boolean stable) {
            return new Next(Kind.VERDICT, stable, Optional.empty());
        }

        static Next fail() {
            return new Next(Kind.FAIL, false, Optional.empty());
        }

        static Next agentEnd(Runnable done) {
            return new Next(Kind.AGENT_END, false, Optional.of(done));
        }
    }

    /** The agent ends: {@code keep} leaves the run to the next agent, {@code stop} ends it and stays desired. */
    static Step forAgent(
            Service service, ServiceState.Active state, Event.AgentStopping event, DecisionContext context) {
        Step told = service.stay().interruptAll("the agent is stopping");
        if (service.effectiveManifest().onAgentExit() == Manifest.OnAgentExit.KEEP) {
            return told.then(new Effect.CancelTimers()).then(new Effect.Run(event.done()));
        }
        return Transitions.end(
                        told.next(), state, Next.agentEnd(event.done()), Cause.of(Cause.Kind.AGENT_STOP), context)
                .thenFirst(told.effects());
    }

    @Override
    public ServiceStatus.State visible() {
        return ServiceStatus.State.STOPPING;
    }

    private Stopping then(Next changed) {
        return new Stopping(run, process, exit, changed, kills);
    }

    /** The same, killed already, and failed when it is gone; the end of the agent is not kept waiting. */
    Stopping failing() {
        return new Stopping(run, process, exit, next.kind() == Kind.AGENT_END ? next : Next.fail(), kills + 1);
    }

    /** It is started again as soon as it is gone. */
    @Override
    public Step on(Event.StartAsked event, Service service, DecisionContext context) {
        if (next.kind() == Kind.AGENT_END) return refuse(event.request(), service);
        return service.state(then(Next.relaunch()))
                .cause(event.request().cause())
                .stay()
                .awaitStart(event.request());
    }

    @Override
    public Step on(Event.StopAsked event, Service service, DecisionContext context) {
        if (next.kind() == Kind.AGENT_END) return refuse(event.request(), service);
        return service.desired(Desired.STOPPED)
                .state(then(Next.rest()))
                .cause(event.request().cause())
                .stay()
                .startsRejected(ErrorCode.INTERRUPTED, "a later command stopped the service")
                .awaitStop(event.request());
    }

    @Override
    public Step on(Event.RestartAsked event, Service service, DecisionContext context) {
        if (next.kind() == Kind.AGENT_END) return refuse(event.request(), service);
        return service.state(then(Next.relaunch()))
                .cause(event.request().cause())
                .stay()
                .awaitStart(event.request());
    }

    private static Step refuse(Request request, Service service) {
        return service.stay().reject(request, ErrorCode.INTERRUPTED, "the agent is stopping");
    }

    @Override
    public Step on(Event.ResetAsked event, Service service, DecisionContext context) {
        return service.history(History.CLEAN).stay().done(event.request());
    }

    @Override
    public Step on(Event.AgentStopping event, Service service, DecisionContext context) {
        return service.state(then(Next.agentEnd(event.done())))
                .stay()
                .startsRejected(ErrorCode.INTERRUPTED, "the agent is stopping");
    }

    @Override
    public Step on(Event.DependenciesReported event, Service service, DecisionContext context) {
        return service.stay();
    }

    /** {@code GRACE}: it took too long. */
    @Override
    public Step on(Event.TimerFired event, Service service, DecisionContext context) {
        if (event.kind() != TimerKind.GRACE) return service.stay();
        Step step = service.state(new Stopping(run, process, exit, next, kills + 1))
                .stay()
                .then(new Effect.KillTree(run))
                .then(new Effect.SetTimer(TimerKind.GRACE, Transitions.KILL_AGAIN));
        if (kills == 0) return step;
        return step.stopsRejected(
                ErrorCode.STOP_TIMEOUT,
                "service was killed " + Transitions.KILL_AGAIN.toSeconds() * kills
                        + " s ago and is not gone: the kernel holds it; it is killed again until it is");
    }

    /** The launch was under way when the end was asked for. */
    @Override
    public Step on(Event.Launched event, Service service, DecisionContext context) {
        var known = new Stopping(run, Optional.of(event.process()), exit, next, kills);
        var recorded = new RunRecord(run, context.now(), Optional.empty()).with(event.process(), event.group());
        Service found = service.run(Optional.of(recorded)).state(known);
        return Transitions.askToEnd(found.stay(), known);
    }

    @Override
    public Step on(Event.LaunchFailed event, Service service, DecisionContext context) {
        return gone(service.run(Optional.empty()), false, context);
    }

    @Override
    public Step on(Event.Exited event, Service service, DecisionContext context) {
        if (event.treeEmpty()) {
            return gone(service.over(run, event.exit()), event.exit().isClean(), context);
        }
        Step step = service.state(new Stopping(run, process, Optional.of(event.exit()), next, kills))
                .stay();
        Manifest.StopRule rule = service.effectiveManifest().stop();
        // A stop command speaks to the main process; the others have heard nothing yet.
        return rule.exec().isPresent() ? step.then(new Effect.SignalTree(run, rule.signal())) : step;
    }

    @Override
    public Step on(Event.TreeEmptied event, Service service, DecisionContext context) {
        if (exit.isEmpty()) return service.stay();
        return gone(service.over(run, exit.get()), exit.get().isClean(), context);
    }

    /** A stop command that is no use is replaced by the signal; one that worked leaves the rest to the grace. */
    @Override
    public Step on(Event.StopCommandEnded event, Service service, DecisionContext context) {
        if (event.problem().isEmpty() || exit.isPresent()) return service.stay();
        Signal signal = service.effectiveManifest().stop().signal();
        return service.warnings(List.of("stop.exec: " + event.problem().get() + "; " + signal + " was sent"))
                .stay()
                .then(new Effect.SignalTree(run, signal));
    }

    @Override
    public Step on(Event.Adopted event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.AdoptionFailed event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.ReadyReported event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.AliveReported event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.HealthReported event, Service service, DecisionContext context) {
        return service.stay();
    }

    private Step gone(Service service, boolean clean, DecisionContext context) {
        return switch (next.kind()) {
            case REST -> Transitions.rest(service, service.cause(), context);
            case RELAUNCH -> relaunch(service, context);
            case VERDICT -> verdict(service, clean, context);
            case FAIL -> service.move(new Failed(), service.cause(), context).stopsDone();
            case AGENT_END ->
                Transitions.rest(service, service.cause(), context)
                        .then(new Effect.Run(next.done().orElse(() -> {})));
        };
    }

    private static Step relaunch(Service service, DecisionContext context) {
        Step told = service.stay().stopsDone();
        return Transitions.launch(told.next(), service.cause(), context).thenFirst(told.effects());
    }

    /** What the agent ended for being ill or not ready did not end well, whatever its exit code. */
    private Step verdict(Service service, boolean clean, DecisionContext context) {
        boolean byItself = service.cause().kind() == Cause.Kind.EXIT;
        return Transitions.ended(service, clean && byItself, next.stable(), service.cause(), context);
    }
}
