package io.efka.agent.supervision;

import io.efka.protocol.Cause;
import io.efka.protocol.Desired;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.manifest.HealthCheck;
import io.efka.protocol.manifest.Manifest;
import java.time.Duration;
import java.util.Optional;

/**
 * Seen alive.
 *
 * @param alive the process
 * @param ready whether it is ready by its own rule
 * @param stable whether this run has lasted long enough to forgive the ones before
 * @param warm whether failed health checks count: the start period is over or one was answered well
 * @param health what the checks say
 * @param failures failed checks in a row
 */
record Running(
        RunId run,
        ProcessIdentity alive,
        boolean ready,
        boolean stable,
        boolean warm,
        ServiceStatus.HealthState health,
        int failures)
        implements ActiveState {

    /** While it is not ready, it is asked this often: who waits for a start wants to know. */
    private static final Duration EAGER = Duration.ofMillis(250);

    /** A process was seen alive; {@code age} of it has passed already. */
    static Step enter(
            Service service, RunId run, ProcessIdentity process, Cause cause, DecisionContext moment, Duration age) {
        Manifest manifest = service.rules();
        boolean known = service.record().run().filter(RunRecord::ready).isPresent();
        boolean ready = known || manifest.readiness().kind() == Manifest.Readiness.Kind.SPAWN;
        boolean alive = manifest.health().check() instanceof HealthCheck.Alive;
        var health = alive ? ServiceStatus.HealthState.HEALTHY : ServiceStatus.HealthState.UNKNOWN;
        boolean aliveIsReady = alive && manifest.readiness().kind() == Manifest.Readiness.Kind.HEALTH;
        var running = new Running(run, process, ready || aliveIsReady, false, false, health, 0);
        Step step = Transitions.settle(service)
                .move(running, cause, moment)
                .then(new Effect.SetTimer(
                        Event.TimerKind.STABLE, left(manifest.restart().stable(), age)));
        if (!alive) {
            step = step.then(new Effect.Probe(run))
                    .then(new Effect.SetTimer(
                            Event.TimerKind.WARM, left(manifest.health().startPeriod(), age)));
        }
        if (running.ready) return running.watch(step.startsDone(), known && age.isZero());
        return step.then(new Effect.SetTimer(
                Event.TimerKind.READY, left(manifest.readiness().timeout(), age)));
    }

    /**
     * From now on it must not be silent for longer than its watchdog.
     *
     * @param spoken whether it has just been heard; if not, its channel may come as late as it may become ready
     */
    private Step watch(Step step, boolean spoken) {
        Manifest manifest = step.next().rules();
        if (manifest.watchdog().isEmpty()) return step;
        Duration silence = manifest.watchdog().get();
        Duration first = spoken ? silence : longer(silence, manifest.readiness().timeout());
        return step.then(new Effect.SetTimer(Event.TimerKind.WATCHDOG, first));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration left(Duration whole, Duration age) {
        Duration left = whole.minus(age.isNegative() ? Duration.ZERO : age);
        return left.isNegative() ? Duration.ZERO : left;
    }

    @Override
    public ServiceStatus.State visible() {
        return ServiceStatus.State.RUNNING;
    }

    @Override
    public Optional<ProcessIdentity> process() {
        return Optional.of(alive);
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public Step on(Event.StartAsked event, Service service, DecisionContext moment) {
        if (ready) {
            return service.stay().reject(event.request(), ErrorCode.ALREADY_RUNNING, "service is running");
        }
        return service.stay().awaitStart(event.request());
    }

    @Override
    public Step on(Event.StopAsked event, Service service, DecisionContext moment) {
        Step told = service.desired(Desired.STOPPED)
                .stay()
                .startsRejected(ErrorCode.INTERRUPTED, "a later command stopped the service")
                .awaitStop(event.request());
        Cause cause = Cause.command(event.request().commandId());
        return Transitions.end(told.next(), this, Stopping.Next.rest(), cause, moment)
                .thenFirst(told.effects());
    }

    @Override
    public Step on(Event.RestartAsked event, Service service, DecisionContext moment) {
        if (event.isDoneBy(run)) return on(new Event.StartAsked(event.request()), service, moment);
        Service anew = service.history(service.record().history().startedByCommand());
        Step joined = anew.stay().awaitStart(event.request());
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

    @Override
    public Step on(Event.DependenciesReported event, Service service, DecisionContext moment) {
        return service.stay();
    }

    @Override
    public Step on(Event.TimerFired event, Service service, DecisionContext moment) {
        return switch (event.kind()) {
            case HEALTH -> service.stay().then(new Effect.Probe(run));
            case READY -> notReady(service, moment);
            case WATCHDOG -> silent(service, moment);
            case STABLE -> stable(service, moment);
            case WARM ->
                service.state(new Running(run, alive, ready, stable, true, health, failures))
                        .stay();
            // The status is computed anew at every step: nothing but the time had to pass.
            case CALM, SETTLE, GRACE, RESTART -> service.stay();
        };
    }

    private Step notReady(Service service, DecisionContext moment) {
        if (ready) return service.stay();
        String message = "not ready within "
                + service.rules().readiness().timeout().toMillis() + " ms of its launch (ready_timeout)";
        Step told = service.stay().startsRejected(ErrorCode.NOT_READY, "service was " + message);
        Cause cause = Cause.of(Cause.Kind.NOT_READY, message);
        // However long it lasted, a run that was never ready forgives nothing.
        return Transitions.end(told.next(), this, Stopping.Next.verdict(false), cause, moment)
                .thenFirst(told.effects());
    }

    private Step silent(Service service, DecisionContext moment) {
        long silence = service.rules().watchdog().map(Duration::toMillis).orElse(0L);
        Cause cause =
                Cause.of(Cause.Kind.WATCHDOG, "it did not say that it is alive in time (watchdog " + silence + " ms)");
        return Transitions.end(service, this, Stopping.Next.verdict(stable), cause, moment);
    }

    private Step stable(Service service, DecisionContext moment) {
        Step step = service.state(new Running(run, alive, ready, true, warm, health, failures))
                .stay();
        Duration window = service.rules().restart().window();
        return service.record()
                .history()
                .calmAfter(moment.now(), window)
                .map(calm -> step.then(new Effect.SetTimer(Event.TimerKind.CALM, calm)))
                .orElse(step);
    }

    @Override
    public Step on(Event.Launched event, Service service, DecisionContext moment) {
        return service.stay();
    }

    @Override
    public Step on(Event.LaunchFailed event, Service service, DecisionContext moment) {
        return service.stay();
    }

    @Override
    public Step on(Event.Exited event, Service service, DecisionContext moment) {
        Cause cause = Cause.exit(event.exit());
        var next = Stopping.Next.verdict(stable);
        if (!event.treeEmpty()) {
            return Transitions.endLeftovers(service.cause(cause), this, event.exit(), next, moment);
        }
        return Transitions.ended(service.over(run, event.exit()), event.exit().isClean(), stable, cause, moment);
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

    @Override
    public Step on(Event.ReadyReported event, Service service, DecisionContext moment) {
        boolean asked = service.rules().readiness().kind() == Manifest.Readiness.Kind.CHANNEL;
        if (!asked || ready) return service.stay();
        return becomeReady(service, health, true);
    }

    /** Before it is ready, more time to become so; after, the watchdog is content for a while. */
    @Override
    public Step on(Event.AliveReported event, Service service, DecisionContext moment) {
        Duration extend = event.extend().orElse(Duration.ZERO);
        if (!ready) {
            if (extend.isZero()) return service.stay();
            return service.stay().then(new Effect.ProlongTimer(Event.TimerKind.READY, extend));
        }
        if (service.rules().watchdog().isEmpty()) return service.stay();
        Duration silence = longer(service.rules().watchdog().get(), extend);
        return service.stay().then(new Effect.SetTimer(Event.TimerKind.WATCHDOG, silence));
    }

    @Override
    public Step on(Event.HealthReported event, Service service, DecisionContext moment) {
        return event.verdict().healthy()
                ? healthy(service)
                : unhealthy(service, event.verdict().detail(), moment);
    }

    private Step healthy(Service service) {
        boolean readyByHealth = service.rules().readiness().kind() == Manifest.Readiness.Kind.HEALTH;
        var well = new Running(run, alive, ready, stable, true, ServiceStatus.HealthState.HEALTHY, 0);
        Step step = readyByHealth && !ready
                ? well.becomeReady(service, ServiceStatus.HealthState.HEALTHY, false)
                : service.state(well).stay();
        return step.then(askAgain(service.rules().health().interval()));
    }

    private Step becomeReady(Service service, ServiceStatus.HealthState nowHealth, boolean spoken) {
        var able = new Running(run, alive, true, stable, warm, nowHealth, failures);
        Step step = service.run(service.record().run().map(RunRecord::asReady))
                .state(able)
                .stay()
                .then(new Effect.CancelTimer(Event.TimerKind.READY))
                .startsDone();
        return able.watch(step, spoken);
    }

    private Step unhealthy(Service service, String detail, DecisionContext moment) {
        Manifest.Health rule = service.rules().health();
        // Failures of a service that is still warming up say nothing.
        if (!warm) {
            Duration soon = rule.interval().compareTo(EAGER) < 0 ? rule.interval() : EAGER;
            return service.stay().then(askAgain(soon));
        }
        int inARow = failures + 1;
        if (inARow < rule.failures()) {
            return service.state(new Running(run, alive, ready, stable, warm, health, inARow))
                    .stay()
                    .then(askAgain(rule.interval()));
        }
        var ill = new Running(run, alive, ready, stable, warm, ServiceStatus.HealthState.UNHEALTHY, inARow);
        if (rule.onUnhealthy() == Manifest.OnUnhealthy.REPORT) {
            return service.state(ill).stay().then(askAgain(rule.interval()));
        }
        Cause cause = Cause.of(
                Cause.Kind.HEALTH, "was unhealthy: " + inARow + " checks in a row failed, the last: " + detail);
        return Transitions.end(service.state(ill), ill, Stopping.Next.verdict(stable), cause, moment);
    }

    private static Effect askAgain(Duration after) {
        return new Effect.SetTimer(Event.TimerKind.HEALTH, after);
    }
}
