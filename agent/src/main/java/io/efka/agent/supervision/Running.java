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
import io.efka.protocol.manifest.Manifest.HealthCheck;
import java.time.Duration;
import java.util.Optional;

/**
 * Seen alive.
 *
 * @param alive the process
 * @param ready whether it is ready by its own rule; a oneshot never is while it runs
 * @param stable whether this run has lasted long enough to forgive the ones before
 * @param startPeriodOver whether failed health checks count: the start period is over or one was answered well
 * @param health what the checks say
 * @param failures failed checks in a row
 */
record Running(
        RunId run,
        ProcessIdentity alive,
        boolean ready,
        boolean stable,
        boolean startPeriodOver,
        ServiceStatus.HealthState health,
        int failures)
        implements ServiceState.Active {

    /** While it is not ready, it is asked this often: who waits for a start wants to know. */
    private static final Duration EAGER = Duration.ofMillis(250);

    /** A process was seen alive; {@code age} of it has passed already. */
    static Step enter(
            Service service, RunId run, ProcessIdentity process, Cause cause, DecisionContext context, Duration age) {
        Manifest manifest = service.effectiveManifest();
        boolean isOneshot = manifest.oneshot().isPresent();
        boolean known = service.record().run().filter(RunRecord::ready).isPresent();
        boolean ready = known || manifest.readiness().kind() == Manifest.Readiness.Kind.SPAWN;
        boolean alive = manifest.health().check() instanceof HealthCheck.Alive;
        var health = alive ? ServiceStatus.HealthState.HEALTHY : ServiceStatus.HealthState.UNKNOWN;
        boolean aliveIsReady = alive && manifest.readiness().kind() == Manifest.Readiness.Kind.HEALTH;
        boolean isReady = !isOneshot && (ready || aliveIsReady);
        var running = new Running(run, process, isReady, false, false, health, 0);
        Step step = Transitions.withoutCommand(service).move(running, cause, context);
        if (!isOneshot) {
            step = step.then(new Effect.SetTimer(
                    TimerKind.STABLE, left(manifest.restart().stable(), age)));
        }
        if (!alive) {
            step = step.then(new Effect.Probe(run))
                    .then(new Effect.SetTimer(
                            TimerKind.START_PERIOD, left(manifest.health().startPeriod(), age)));
        }
        if (isOneshot) return limited(step, manifest, age);
        if (running.ready) return running.watch(step.startsDone(), known && age.isZero());
        return step.then(
                new Effect.SetTimer(TimerKind.READY, left(manifest.readiness().timeout(), age)));
    }

    private static Step limited(Step step, Manifest manifest, Duration age) {
        return manifest.oneshot()
                .flatMap(Manifest.Oneshot::timeout)
                .map(limit -> step.then(new Effect.SetTimer(TimerKind.RUN_TIMEOUT, left(limit, age))))
                .orElse(step);
    }

    /**
     * From now on it must not be silent for longer than its watchdog.
     *
     * @param spoken whether it has just been heard; if not, its channel may come as late as it may become ready
     */
    private Step watch(Step step, boolean spoken) {
        Manifest manifest = step.next().effectiveManifest();
        if (manifest.watchdog().isEmpty()) return step;
        Duration silence = manifest.watchdog().get();
        Duration first = spoken ? silence : longer(silence, manifest.readiness().timeout());
        return step.then(new Effect.SetTimer(TimerKind.WATCHDOG, first));
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
    public Step on(Event.StartAsked event, Service service, DecisionContext context) {
        if (ready) {
            return service.stay().reject(event.request(), ErrorCode.ALREADY_RUNNING, "service is running");
        }
        return service.stay().awaitStart(event.request());
    }

    @Override
    public Step on(Event.StopAsked event, Service service, DecisionContext context) {
        Step told = service.desired(Desired.STOPPED)
                .stay()
                .startsRejected(ErrorCode.INTERRUPTED, "a later command stopped the service")
                .awaitStop(event.request());
        Cause cause = event.request().cause();
        return Transitions.end(told.next(), this, Stopping.Next.rest(), cause, context)
                .thenFirst(told.effects());
    }

    @Override
    public Step on(Event.RestartAsked event, Service service, DecisionContext context) {
        if (event.isDoneBy(run)) return on(new Event.StartAsked(event.request()), service, context);
        Service anew = service.history(service.record().history().startedByCommand());
        Step joined = anew.stay().awaitStart(event.request());
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

    @Override
    public Step on(Event.DependenciesReported event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.TimerFired event, Service service, DecisionContext context) {
        return switch (event.kind()) {
            case HEALTH -> service.stay().then(new Effect.Probe(run));
            case READY -> notReady(service, context);
            case WATCHDOG -> silent(service, context);
            case STABLE -> stable(service, context);
            case RUN_TIMEOUT -> tooLong(service, context);
            case START_PERIOD ->
                service.state(new Running(run, alive, ready, stable, true, health, failures))
                        .stay();
            // The status is computed anew at every step: nothing but the time had to pass.
            case CRASH_LOOP_END, ALIVE_THRESHOLD, GRACE, RESTART, DUE -> service.stay();
        };
    }

    private Step notReady(Service service, DecisionContext context) {
        if (ready) return service.stay();
        String message = "not ready within "
                + service.effectiveManifest().readiness().timeout().toMillis() + " ms of its launch (ready_timeout)";
        Step told = service.stay().startsRejected(ErrorCode.NOT_READY, "service was " + message);
        Cause cause = Cause.of(Cause.Kind.NOT_READY, message);
        // However long it lasted, a run that was never ready forgives nothing.
        return Transitions.end(told.next(), this, Stopping.Next.verdict(false), cause, context)
                .thenFirst(told.effects());
    }

    private Step tooLong(Service service, DecisionContext context) {
        long limit = service.effectiveManifest()
                .oneshot()
                .flatMap(Manifest.Oneshot::timeout)
                .map(Duration::toMillis)
                .orElse(0L);
        Cause cause = Cause.of(Cause.Kind.RUN_TIMEOUT, "took longer than " + limit + " ms (run_timeout)");
        return Transitions.end(service, this, Stopping.Next.verdict(false), cause, context);
    }

    private Step silent(Service service, DecisionContext context) {
        long silence =
                service.effectiveManifest().watchdog().map(Duration::toMillis).orElse(0L);
        Cause cause =
                Cause.of(Cause.Kind.WATCHDOG, "it did not say that it is alive in time (watchdog " + silence + " ms)");
        return Transitions.end(service, this, Stopping.Next.verdict(stable), cause, context);
    }

    private Step stable(Service service, DecisionContext context) {
        Step step = service.state(new Running(run, alive, ready, true, startPeriodOver, health, failures))
                .stay();
        Duration window = service.effectiveManifest().restart().window();
        return service.record()
                .history()
                .crashLoopEnd(context.now(), window)
                .map(end -> step.then(new Effect.SetTimer(TimerKind.CRASH_LOOP_END, end)))
                .orElse(step);
    }

    @Override
    public Step on(Event.Launched event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.LaunchFailed event, Service service, DecisionContext context) {
        return service.stay();
    }

    @Override
    public Step on(Event.Exited event, Service service, DecisionContext context) {
        Cause cause = Cause.exit(event.exit());
        var next = Stopping.Next.verdict(stable);
        if (!event.treeEmpty()) {
            return Transitions.endOrphans(service.cause(cause), this, event.exit(), next, context);
        }
        return Transitions.ended(service.over(run, event.exit()), event.exit().isClean(), stable, cause, context);
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

    @Override
    public Step on(Event.ReadyReported event, Service service, DecisionContext context) {
        boolean asked = service.effectiveManifest().readiness().kind() == Manifest.Readiness.Kind.CHANNEL;
        if (!asked || ready) return service.stay();
        return becomeReady(service, health, true);
    }

    /** Before it is ready, more time to become so; after, the watchdog is content for a while. */
    @Override
    public Step on(Event.AliveReported event, Service service, DecisionContext context) {
        Duration extend = event.extend().orElse(Duration.ZERO);
        if (!ready) {
            if (extend.isZero() || Oneshots.is(service)) return service.stay();
            return service.stay().then(new Effect.ProlongTimer(TimerKind.READY, extend));
        }
        if (service.effectiveManifest().watchdog().isEmpty()) return service.stay();
        Duration silence = longer(service.effectiveManifest().watchdog().get(), extend);
        return service.stay().then(new Effect.SetTimer(TimerKind.WATCHDOG, silence));
    }

    @Override
    public Step on(Event.HealthReported event, Service service, DecisionContext context) {
        return event.verdict().healthy()
                ? healthy(service)
                : unhealthy(service, event.verdict().detail(), context);
    }

    private Step healthy(Service service) {
        boolean readyByHealth = !Oneshots.is(service)
                && service.effectiveManifest().readiness().kind() == Manifest.Readiness.Kind.HEALTH;
        var well = new Running(run, alive, ready, stable, true, ServiceStatus.HealthState.HEALTHY, 0);
        Step step = readyByHealth && !ready
                ? well.becomeReady(service, ServiceStatus.HealthState.HEALTHY, false)
                : service.state(well).stay();
        return step.then(askAgain(service.effectiveManifest().health().interval()));
    }

    private Step becomeReady(Service service, ServiceStatus.HealthState nowHealth, boolean spoken) {
        var able = new Running(run, alive, true, stable, startPeriodOver, nowHealth, failures);
        Step step = service.run(service.record().run().map(RunRecord::asReady))
                .state(able)
                .stay()
                .then(new Effect.CancelTimer(TimerKind.READY))
                .startsDone();
        return able.watch(step, spoken);
    }

    private Step unhealthy(Service service, String detail, DecisionContext context) {
        Manifest.Health rule = service.effectiveManifest().health();
        // Failures of a service that is still warming up say nothing.
        if (!startPeriodOver) {
            Duration soon = rule.interval().compareTo(EAGER) < 0 ? rule.interval() : EAGER;
            return service.stay().then(askAgain(soon));
        }
        int inARow = failures + 1;
        if (inARow < rule.failures()) {
            return service.state(new Running(run, alive, ready, stable, startPeriodOver, health, inARow))
                    .stay()
                    .then(askAgain(rule.interval()));
        }
        var ill = new Running(run, alive, ready, stable, startPeriodOver, ServiceStatus.HealthState.UNHEALTHY, inARow);
        if (rule.onUnhealthy() == Manifest.OnUnhealthy.REPORT) {
            return service.state(ill).stay().then(askAgain(rule.interval()));
        }
        Cause cause = Cause.of(
                Cause.Kind.HEALTH, "was unhealthy: " + inARow + " checks in a row failed, the last: " + detail);
        return Transitions.end(service.state(ill), ill, Stopping.Next.verdict(stable), cause, context);
    }

    private static Effect askAgain(Duration after) {
        return new Effect.SetTimer(TimerKind.HEALTH, after);
    }
}
