package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestParser;
import io.efka.protocol.manifest.ManifestReading;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Wanted, but its manifest could not be read when the agent started: its folder may be on a mount that comes late. It is
 * read again, for ever, after waits that grow as those between restarts do. Until then nothing that is recorded changes,
 * and a run of an earlier agent lives on: without its manifest it can neither be watched nor started again.
 *
 * @param run the recorded one, which may be alive
 * @param until when it is read again
 * @param attempts how often it could not be read, in a row
 */
record Unread(Optional<RunId> run, Instant until, int attempts, Phase phase) implements ServiceState.Idle {

    enum Phase {
        /** For the next attempt. */
        WAITING,
        READING,
        /** It can be used; which services must be ready first is being found out. */
        READ
    }

    static Unread of(ServiceRecord record, Instant now) {
        return new Unread(record.run().map(RunRecord::run), now, 1, Phase.WAITING);
    }

    /** What a user is told. */
    static Cause cause(List<Fault> faults) {
        String why = faults.stream().map(Fault::sentence).collect(Collectors.joining("; "));
        return Cause.of(Cause.Kind.INVALID_MANIFEST, "the manifest cannot be read: " + why);
    }

    @Override
    public ServiceStatus.State visible() {
        return ServiceStatus.State.BACKOFF;
    }

    @Override
    public Optional<RunId> currentRun() {
        return run;
    }

    @Override
    public Optional<Instant> nextAttempt() {
        return Optional.of(until);
    }

    private Unread in(Phase next) {
        return new Unread(run, until, attempts, next);
    }

    /** The command that asks has read the manifest; if that failed, it can only be refused. */
    @Override
    public Step on(Event.StartAsked event, Service service, DecisionContext context) {
        if (isNothingToAdopt(service)) return Transitions.start(service, event.request(), context);
        return adopt(service, false, event.request(), context);
    }

    @Override
    public Step on(Event.RestartAsked event, Service service, DecisionContext context) {
        if (isNothingToAdopt(service)) return Transitions.launchByCommand(service, event.request(), context);
        return adopt(service, run.filter(event::isDoneBy).isEmpty(), event.request(), context);
    }

    private boolean isNothingToAdopt(Service service) {
        return run.isEmpty() || service.manifest().isEmpty();
    }

    /** @param again whether a run that is alive is ended, and another one begun */
    private Step adopt(Service service, boolean again, Request request, DecisionContext context) {
        var adopting = new Adopting(run.get(), again, Optional.empty());
        return adopt(service.desired(Desired.RUNNING), adopting, request.cause(), context)
                .awaitStart(request);
    }

    /** A run that is alive is ended by the default rules. */
    @Override
    public Step on(Event.StopAsked event, Service service, DecisionContext context) {
        Step told = Transitions.withoutCommand(service.desired(Desired.STOPPED))
                .stay()
                .startsRejected(ErrorCode.INTERRUPTED, "a later command stopped the service");
        Cause cause = event.request().cause();
        if (run.isEmpty()) {
            return Transitions.rest(told.next(), cause, context)
                    .thenFirst(told.effects())
                    .done(event.request());
        }
        return adopt(told.next(), Adopting.of(run.get()), cause, context)
                .thenFirst(told.effects())
                .awaitStop(event.request());
    }

    @Override
    public Step on(Event.ResetAsked event, Service service, DecisionContext context) {
        Service clean = service.history(History.CLEAN);
        if (!service.isDesired()) return clean.stay().done(event.request());
        Step joined = clean.stay().awaitStart(event.request());
        if (phase != Phase.WAITING) return joined;
        var anew = new Unread(run, until, 0, Phase.WAITING);
        return anew.read(joined.next())
                .then(new Effect.CancelTimer(TimerKind.RESTART))
                .thenFirst(joined.effects());
    }

    @Override
    public Step on(Event.SignalAsked event, Service service, DecisionContext context) {
        return service.stay().reject(event.request(), ErrorCode.NOT_RUNNING, notYet(service));
    }

    @Override
    public Step on(Event.InputAsked event, Service service, DecisionContext context) {
        return service.stay().reject(event.request(), ErrorCode.NOT_RUNNING, notYet(service));
    }

    private static String notYet(Service service) {
        return "service is not supervised yet: "
                + cause(service.faults()).message().orElse("");
    }

    @Override
    public Step on(Event.AgentStarted event, Service service, DecisionContext context) {
        return await(service, attempts, context);
    }

    @Override
    public Step on(Event.TimerFired event, Service service, DecisionContext context) {
        if (event.kind() != TimerKind.RESTART || phase != Phase.WAITING) return service.stay();
        return read(service);
    }

    @Override
    public Step on(Event.ManifestRead event, Service service, DecisionContext context) {
        if (phase == Phase.WAITING) return service.stay();
        ManifestReading result = event.result();
        if (result.ifUsable().isPresent()) {
            Manifest manifest = result.ifUsable().get();
            return service.manifest(manifest).state(in(Phase.READ)).stay().then(new Effect.ShareManifest(manifest));
        }
        Step told = service.unusable(result.faults())
                .stay()
                .startsRejected(ErrorCode.INVALID_MANIFEST, Transitions.describe(result.faults()));
        Step next = result.isUnread() ? await(told.next(), attempts + 1, context) : giveUp(told.next(), context);
        return next.thenFirst(told.effects());
    }

    /** Once the manifest is known, the agent goes on where it would have at its start. */
    @Override
    public Step on(Event.DependenciesReported event, Service service, DecisionContext context) {
        if (phase != Phase.READ) return service.stay();
        Cause cause = Cause.of(Cause.Kind.AGENT_START);
        if (run.isPresent()) return adopt(service, Adopting.of(run.get()), cause, context);
        boolean wanted = service.isDesired()
                && (service.record().autostart() || !service.waiters().starts().isEmpty());
        return wanted ? Transitions.begin(service, cause, context) : Transitions.rest(service, cause, context);
    }

    private Step await(Service service, int failed, DecisionContext context) {
        Duration delay =
                RestartPolicy.delay(ManifestParser.defaults(service.id()).restart(), failed, context.random());
        return service.state(new Unread(run, context.now().plus(delay), failed, Phase.WAITING))
                .cause(cause(service.faults()))
                .stay()
                .then(new Effect.SetTimer(TimerKind.RESTART, delay));
    }

    private Step read(Service service) {
        return service.state(in(Phase.READING)).stay().then(new Effect.ReadManifest());
    }

    /** It was read and is wrong: a run cannot be kept without it. */
    private Step giveUp(Service service, DecisionContext context) {
        Cause cause = Cause.of(Cause.Kind.INVALID_MANIFEST);
        if (run.isEmpty()) return service.move(new Failed(), cause, context);
        return adopt(service, Adopting.of(run.get()), cause, context);
    }

    private static Step adopt(Service service, Adopting adopting, Cause cause, DecisionContext context) {
        Step step = service.move(adopting, cause, context);
        return service.record()
                .run()
                .map(found -> step.then(new Effect.Adopt(found)))
                .orElse(step);
    }
}
