package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Exit;
import io.efka.protocol.Fault;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The moves that several states share: launching, ending, and what comes after an end. Pure. */
final class Transitions {
    /**
     * A process that lives this long after its launch is called running. Long enough that a program which exits at once
     * (1-3 ms from exec to exit, ten times that on a busy machine) is never reported as running, short enough that
     * nobody waits for it.
     */
    static final Duration ALIVE_THRESHOLD = Duration.ofMillis(30);

    /** After KILL a process is gone at once, unless the kernel holds it (a dead disk); then it is killed again. */
    static final Duration KILL_AGAIN = Duration.ofSeconds(5);

    private Transitions() {}

    /** Launches a new run, or waits for what must be ready before it. */
    static Step launch(Service service, Cause cause, DecisionContext context) {
        if (service.manifest().isEmpty()) {
            return service.move(new Failed(), Cause.of(Cause.Kind.INVALID_MANIFEST), context)
                    .startsRejected(ErrorCode.INVALID_MANIFEST, describe(service.faults()));
        }
        if (!service.missing().isEmpty()) return await(service, cause, context);
        RunId run = context.runIds().get();
        var unasked = new RunRecord(run, context.now(), Optional.empty());
        return Oneshots.begun(service)
                .run(Optional.of(cause.isAsked() ? unasked.asCommanded() : unasked))
                .warnings(List.of())
                .move(new Starting(run, Optional.empty()), cause, context)
                .then(new Effect.Launch(run));
    }

    /** What waits for others is wanted: it is started as soon as they are ready, also by a later agent. */
    private static Step await(Service service, Cause cause, DecisionContext context) {
        return service.desired(Desired.RUNNING)
                .move(new Waiting(cause), Cause.of(Cause.Kind.DEPENDENCY, waitingFor(service.missing())), context)
                .then(new Effect.SetTimer(
                        TimerKind.READY, service.effectiveManifest().readiness().timeout()));
    }

    static String waitingFor(Set<ServiceId> missing) {
        List<String> names = missing.stream().map(ServiceId::value).sorted().toList();
        return "waits for " + String.join(", ", names);
    }

    /** Asks a run to end, its whole tree, and kills it when it takes too long. */
    static Step end(
            Service service, ServiceState.Active state, Stopping.Next next, Cause cause, DecisionContext context) {
        var stopping = new Stopping(state.run(), state.process(), Optional.empty(), next, 0);
        Step step = service.move(stopping, cause, context);
        return state.process().isPresent() ? askToEnd(step, stopping) : step;
    }

    /** The stop command or the stop signal, with the grace that it has. */
    static Step askToEnd(Step step, Stopping stopping) {
        Manifest.StopRule rule = step.next().effectiveManifest().stop();
        Effect ask = rule.exec()
                .map(exec -> (Effect) new Effect.RunStopCommand(stopping.run(), exec, rule.args()))
                .orElseGet(() -> new Effect.SignalTree(stopping.run(), rule.signal()));
        return step.then(new Effect.TellStop(stopping.run(), rule.grace()))
                .then(ask)
                .then(new Effect.SetTimer(TimerKind.GRACE, rule.grace()));
    }

    /** The main process ended by itself but left descendants: they are ended before anything else happens. */
    static Step endOrphans(
            Service before, ServiceState.Active state, Exit exit, Stopping.Next next, DecisionContext context) {
        Service service = exit.isClean() ? before.cause(inBackground(before.cause())) : before;
        var stopping = new Stopping(state.run(), state.process(), Optional.of(exit), next, 0);
        Manifest.StopRule rule = service.effectiveManifest().stop();
        return service.move(stopping, service.cause(), context)
                .then(new Effect.SignalTree(state.run(), rule.signal()))
                .then(new Effect.SetTimer(TimerKind.GRACE, rule.grace()));
    }

    /** A run that nobody asked to end is over, its tree as well: start it again, leave it, or give up. */
    static Step ended(Service service, boolean clean, boolean stable, Cause cause, DecisionContext context) {
        if (Oneshots.is(service)) return Oneshots.ended(service, clean, cause, context);
        Step told = service.stay().startsRejected(ErrorCode.LAUNCH_FAILED, describe(cause));
        Service over = told.next();
        if (!over.isDesired()) return rest(over, cause, context).thenFirst(told.effects());
        Manifest.RestartRule rule = over.effectiveManifest().restart();
        Service counted = over.history(over.record().history().failed(context.now(), rule, stable));
        RestartPolicy.Verdict verdict =
                RestartPolicy.decide(rule, counted.record().history(), clean, context.now(), context.random());
        return verdict.applyTo(counted, cause, context).thenFirst(told.effects());
    }

    /** Nothing runs and nothing is due. */
    static Step rest(Service service, Cause cause, DecisionContext context) {
        return service.move(new Stopped(), cause, context).stopsDone();
    }

    /** A stop by command of a service that has no process. */
    static Step restByCommand(Service service, Request request, DecisionContext context) {
        return rest(service.desired(Desired.STOPPED), request.cause(), context);
    }

    static Step backOff(Service service, Duration delay, Cause cause, DecisionContext context) {
        Instant until = context.now().plus(delay);
        return service.move(new Backoff(until), cause, context)
                .stopsDone()
                .then(new Effect.SetTimer(TimerKind.RESTART, delay));
    }

    /** The service said that it is ready, where that is its rule; written down, for it may not say so again. */
    static Service noteReady(Service service) {
        if (service.effectiveManifest().readiness().kind() != Manifest.Readiness.Kind.CHANNEL) return service;
        return service.run(service.record().run().map(RunRecord::asReady));
    }

    /** The wish behind the run, if there was one, is fulfilled or withdrawn. */
    static Service withoutCommand(Service service) {
        return service.run(service.record().run().map(RunRecord::withoutCommand));
    }

    /** An automatic restart. */
    static Step relaunch(Service service, Cause cause, DecisionContext context) {
        return launch(service.history(service.record().history().restarted()), cause, context);
    }

    /** What an agent that starts does with a service that is wanted and has no run. */
    static Step begin(Service service, Cause cause, DecisionContext context) {
        if (service.schedule().isEmpty()) return launch(service, cause, context);
        return Oneshots.resume(service, cause, context).startsDone();
    }

    /** A start by command: of a oneshot with a schedule, that is in force from now on; anything else is launched. */
    static Step start(Service service, Request request, DecisionContext context) {
        if (service.schedule().isEmpty()) return launchByCommand(service, request, context);
        return Oneshots.schedule(Oneshots.wanted(service, context), request.cause(), context)
                .done(request);
    }

    /** A launch by command: counting begins anew. */
    static Step launchByCommand(Service service, Request request, DecisionContext context) {
        if (service.manifest().isEmpty()) {
            return service.stay().reject(request, ErrorCode.INVALID_MANIFEST, describe(service.faults()));
        }
        Service anew = Oneshots.wanted(service, context)
                .history(service.record().history().startedByCommand());
        Step joined = anew.stay().awaitStart(request);
        return launch(joined.next(), request.cause(), context).thenAll(joined.effects());
    }

    /** A clean end that leaves processes behind is nearly always a program that puts itself into the background. */
    private static Cause inBackground(Cause cause) {
        String ended = cause.message().map(message -> message + "; ").orElse("");
        return cause.because(ended + "its main process left background processes behind, which were ended too: "
                + "a service must stay in the foreground (many programs have --foreground, -f or --no-daemon)");
    }

    /** The cause of an end before the process was seen running: for a oneshot, an end like any other. */
    static Cause earlyEnd(Service service, Exit exit) {
        return Oneshots.is(service) ? Cause.exit(exit) : launchFailure(exit);
    }

    private static Cause launchFailure(Exit exit) {
        return new Cause(
                Cause.Kind.LAUNCH_FAILED,
                Optional.empty(),
                exit.code(),
                exit.signal(),
                Optional.of(describe(exit) + " before it was seen running" + tail(exit)));
    }

    static Cause launchFailure(String why) {
        return new Cause(
                Cause.Kind.LAUNCH_FAILED, Optional.empty(), OptionalInt.empty(), Optional.empty(), Optional.of(why));
    }

    static String describe(Exit exit) {
        return exit.oom() ? "was killed for want of memory" : describe(exit.signal(), exit.code());
    }

    static String describe(Optional<Signal> signal, OptionalInt code) {
        if (signal.isPresent()) return "was ended by signal " + signal.get();
        return code.isPresent() ? "exited with code " + code.getAsInt() : "ended, its exit code unknown";
    }

    static String describe(Cause cause) {
        if (cause.message().isPresent()) return "service " + cause.message().get();
        boolean isExit = cause.signal().isPresent() || cause.code().isPresent();
        return isExit ? "service " + describe(cause.signal(), cause.code()) : "service ended";
    }

    private static String tail(Exit exit) {
        return exit.tail().isBlank() ? "" : ": " + exit.tail().strip();
    }

    static String describe(List<Fault> faults) {
        var lines = new ArrayList<String>();
        for (Fault fault : faults) lines.add(fault.toString());
        return "manifest cannot be used: " + String.join("; ", lines);
    }
}
