package io.efka.agent.release;

import io.efka.agent.install.ReleaseFolders;
import io.efka.agent.release.DeployEvent.TimerKind;
import io.efka.agent.release.DeployResult.Outcome;
import io.efka.agent.release.DeployResult.Problem;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.agent.supervision.StoreException;
import io.efka.agent.telemetry.Events;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.threads.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The deploys of one service: decides nothing, and does what {@link Deploy} decides. Always in this order: decide, save, swap,
 * act, announce. Confined to its mailbox, but for what says otherwise.
 */
final class Deployer implements DeployEffect.Actor {
    private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);

    /** Beside the current one: the one to go back to, and one more to choose from. */
    private static final int KEPT = 2;

    private final ServiceId id;
    private final Ports ports;
    private final Executor mailbox;
    private final DeployTimers timers;
    private final List<CompletableFuture<DeployResult>> answers = new ArrayList<>();

    /** Written on the mailbox only. */
    private volatile ServiceReleases releases;

    private Optional<Deploy> active = Optional.empty();
    private Optional<Waiting> waiting = Optional.empty();
    private boolean starts = true;

    /** Ends the turn that was waited for; nothing while there is none. */
    private Optional<Runnable> turn = Optional.empty();

    /** What returns later carries a number; an older one is ignored. */
    private long preparation;

    private long switching;

    /** What deploys use to act outside themselves; shared by all services of a device. */
    record Ports(
            ReleaseStore store,
            ReleaseFolders folders,
            ServiceRegistry services,
            Turns turns,
            Events events,
            Timers timers,
            Executor disk,
            Changes changes) {}

    /** The queues in which commands to services wait. */
    interface Turns {
        /**
         * Runs {@code work} on a thread that may wait for the disk when no other command to the service is under way; the next one
         * waits until {@code work}'s argument is run. Never blocks.
         */
        void take(ServiceId service, Consumer<Runnable> work);
    }

    /** Is told that what a service's status says of its releases has changed. */
    interface Changes {
        void changed(ServiceId service);
    }

    /** A deploy that waits until the one under way is over. */
    private record Waiting(DeployRequest request, CompletableFuture<DeployResult> answer) {}

    Deployer(ServiceId id, ServiceReleases found, Ports ports, Executor mailbox) {
        this.id = id;
        this.releases = found;
        this.ports = ports;
        this.mailbox = mailbox;
        this.timers = new DeployTimers(ports.timers(), mailbox, this::handle);
        this.active = found.deploy().filter(deploy -> !deploy.isOver());
    }

    /** Thread-safe. */
    ServiceReleases releases() {
        return releases;
    }

    /** Thread-safe; never blocks. */
    CompletableFuture<DeployResult> deploy(DeployRequest request) {
        var answer = new CompletableFuture<DeployResult>();
        mailbox.execute(() -> begin(request, answer));
        return answer;
    }

    /** Thread-safe; never blocks. Completes with whether there was a deploy to tell. */
    CompletableFuture<Optional<Deploy>> tell(DeployEvent event) {
        var told = new CompletableFuture<Optional<Deploy>>();
        mailbox.execute(() -> {
            Optional<Deploy> before = active;
            if (before.isPresent()) handle(event);
            told.complete(before.isPresent() ? releases.deploy() : Optional.empty());
        });
        return told;
    }

    /** Goes on with what an earlier agent left. Called once, when the service is supervised. */
    void resume() {
        mailbox.execute(() -> {
            if (active.isEmpty()) return;
            LOG.info(
                    "service={} deploy of {} goes on, it was {}",
                    id,
                    active.get().target(),
                    active.get().state().visible());
            handle(new DeployEvent.AgentStarted());
            observe();
        });
    }

    /** The service is removed, and everything of it. */
    void removed() {
        mailbox.execute(() -> {
            active.ifPresent(deploy -> answer(
                    DeployResult.of(Outcome.CANCELLED, new Problem(ErrorCode.CANCELLED, "the service was removed"))));
            waiting.ifPresent(next -> next.answer().complete(superseded("the service was removed")));
            waiting = Optional.empty();
            active = Optional.empty();
            abort();
            switching++;
            timers.cancelAll();
            releases = ServiceReleases.NONE;
            ports.store().deleteSoon(id);
        });
    }

    private static DeployResult superseded(String why) {
        return DeployResult.of(Outcome.SUPERSEDED, new Problem(ErrorCode.CANCELLED, why));
    }

    // A deploy begins.

    private void begin(DeployRequest request, CompletableFuture<DeployResult> answer) {
        if (request.isRepeated() && isKnown(request)) {
            Deploy known = releases.deploy().orElseThrow();
            if (known.state() instanceof DeployState.Ended ended) answer.complete(ended.result());
            else answers.add(answer);
            return;
        }
        try {
            checks().requireCurrent(request);
            if (active.isPresent() && !makesWay(request)) {
                waiting.ifPresent(next -> next.answer().complete(superseded("another deploy took its place")));
                waiting = Optional.of(new Waiting(request, answer));
                return;
            }
            prepare(request, answer);
        } catch (CommandException refusal) {
            answer.complete(DeployResult.failed(new Problem(refusal.code(), refusal.reason())));
        }
    }

    private DeployChecks checks() {
        return new DeployChecks(id, releases);
    }

    /** A command that an agent began and did not finish finds its deploy by its id. */
    private boolean isKnown(DeployRequest request) {
        return request.commandId().isPresent()
                && releases.deploy()
                        .filter(deploy -> deploy.commandId().equals(request.commandId()))
                        .isPresent();
    }

    /** Ends a deploy that has changed nothing that runs, so that the new one can begin at once. */
    private boolean makesWay(DeployRequest request) {
        boolean isActivated =
                active.orElseThrow().state() instanceof DeployState.Activated state && !(state instanceof Unwatched);
        if (isActivated) return false;
        handle(new DeployEvent.EndAsked(
                Outcome.SUPERSEDED,
                "another deploy took its place"
                        + request.commandId().map(it -> " (" + it + ")").orElse("")));
        return true;
    }

    private void prepare(DeployRequest request, CompletableFuture<DeployResult> answer) throws CommandException {
        if (request.content() instanceof DeployRequest.Content.Inline inline) {
            ReleaseFolders.Draft draft = ports.folders().draft(id, inline.request());
            ReleaseId target = ReleaseId.of(draft.name(), draft.sha256());
            checks().requireGood(target, request);
            start(request, target, answer);
            inBackground(() -> {
                ports.folders().store(id, target.value(), draft);
                return target;
            });
            return;
        }
        Release stored = checks().stored(request);
        checks().requireGood(stored.id(), request);
        start(request, stored.id(), answer);
        inBackground(() -> {
            ports.folders().manifest(id, folder(stored));
            return stored.id();
        });
    }

    private void start(DeployRequest request, ReleaseId target, CompletableFuture<DeployResult> answer) {
        starts = request.starts();
        answers.add(answer);
        var deploy = new Deploy(
                request.commandId(),
                request.isRollback(),
                target,
                Optional.empty(),
                request.rule(),
                false,
                new Preparing(Preparing.Stage.VERIFYING, ports.timers().now()));
        active = Optional.of(deploy);
        releases = releases.deploy(deploy);
        announce(deploy);
    }

    /** Something that may wait for the disk; what it returns is the release, on disk and checked. */
    private interface Preparation {
        ReleaseId run() throws CommandException;
    }

    private void inBackground(Preparation work) {
        long number = ++preparation;
        ports.disk().execute(() -> {
            DeployEvent outcome;
            try {
                outcome = new DeployEvent.Prepared(work.run());
            } catch (CommandException refusal) {
                outcome = new DeployEvent.PreparationFailed(new Problem(refusal.code(), refusal.reason()));
            } catch (RuntimeException bug) { // whoever waits for the deploy gets an answer
                LOG.error("service={} preparing a release: internal error", id, bug);
                outcome = new DeployEvent.PreparationFailed(new Problem(ErrorCode.INTERNAL, "internal error: " + bug));
            }
            DeployEvent told = outcome;
            mailbox.execute(() -> {
                if (number != preparation) return;
                if (told instanceof DeployEvent.Prepared prepared) remember(prepared.target());
                handle(told);
            });
        });
    }

    private void remember(ReleaseId target) {
        if (releases.find(target).isPresent()) return;
        releases = releases.with(new Release(target, false, ports.timers().now(), Optional.empty()));
    }

    // Decide, save, swap, act, announce.

    private void handle(DeployEvent event) {
        if (active.isEmpty()) return;
        Deploy before = active.get();
        DeployStep step = before.on(event, ports.timers().now());
        Deploy next = step.next();
        if (!next.equals(before)) {
            ServiceReleases changed = settled(next);
            if (!save(before, next, changed)) return;
            releases = changed;
            active = Optional.of(next).filter(deploy -> !deploy.isOver());
        }
        for (DeployEffect effect : step.effects()) effect.perform(this);
        boolean isNews =
                next.isOver() || !next.state().visible().equals(before.state().visible());
        if (isNews && !next.equals(before)) announce(next);
        if (active.isEmpty()) ended();
    }

    /** What was current before is what a rollback goes back to, once the new one has proved itself. */
    private ServiceReleases settled(Deploy next) {
        ServiceReleases changed = releases.deploy(next);
        boolean isKept =
                next.isOver() && changed.current().filter(next.target()::equals).isPresent();
        return isKept && next.back().isPresent() ? changed.previous(next.back()) : changed;
    }

    /** Preparing is not saved: an agent that was killed has the command in its ledger. */
    private boolean save(Deploy before, Deploy next, ServiceReleases changed) {
        boolean isBegun = next.state() instanceof DeployState.Activated || next.isOver();
        if (!isBegun) return true;
        boolean isRefusable = before.state() instanceof Staged;
        try {
            if (isRefusable) ports.store().save(id, changed);
            else ports.store().saveFact(id, changed);
            return true;
        } catch (StoreException e) {
            LOG.warn("service={} deploy not saved: {}", id, e.getMessage());
            if (!isRefusable) return true; // saved with its next step
            releaseTurn();
            var problem = new Problem(ErrorCode.DISK_FULL, "nothing was changed: " + e.getMessage());
            active = Optional.empty();
            releases = releases.deploy(before.move(new DeployState.Ended(
                            DeployResult.failed(problem), ports.timers().now()))
                    .next());
            answer(DeployResult.failed(problem));
            return false;
        }
    }

    private void announce(Deploy deploy) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("release", deploy.target().value());
        fields.put("state", deploy.state().visible());
        deploy.back().ifPresent(back -> fields.put("previous", back.value()));
        deploy.commandId().ifPresent(command -> fields.put("id", command));
        fields.putAll(deploy.problemFields());
        String why = deploy.problem().map(problem -> ", " + problem.message()).orElse("");
        LOG.atLevel(why.isEmpty() ? Level.INFO : Level.WARN)
                .log(
                        "service={} deploy of {}: {}{}",
                        id,
                        deploy.target(),
                        deploy.state().visible(),
                        why);
        ports.events().service(id, "deploy", fields);
        ports.changes().changed(id);
    }

    private void ended() {
        timers.cancelAll();
        releaseTurn();
        prune();
        Optional<Waiting> next = waiting;
        waiting = Optional.empty();
        next.ifPresent(one -> begin(one.request(), one.answer()));
    }

    /** Deletes what is neither current nor gone back to. What fails is tried again after the next deploy. */
    private void prune() {
        List<Release> surplus = releases.surplus(KEPT);
        if (surplus.isEmpty()) return;
        ports.disk().execute(() -> {
            for (Release release : surplus) {
                try {
                    ports.folders().delete(id, release.id().value());
                } catch (CommandException e) {
                    LOG.warn("service={} release {} stays on disk: {}", id, release.id(), e.getMessage());
                }
            }
        });
        for (Release release : surplus) releases = releases.without(release.id());
    }

    private Path folder(Release release) {
        return release.isOriginal()
                ? ports.folders().original(id)
                : ports.folders().folder(id, release.id().value());
    }

    // Effects.

    @Override
    public void abort() {
        preparation++;
    }

    @Override
    public void awaitTurn() {
        long number = preparation;
        ports.turns()
                .take(
                        id,
                        release -> mailbox.execute(() -> {
                            if (number != preparation
                                    || active.isEmpty()
                                    || !(active.get().state() instanceof Staged)) {
                                release.run();
                                return;
                            }
                            turn = Optional.of(release);
                            adoptOriginal();
                            boolean isNew = ports.services().find(id).isEmpty();
                            boolean isDesired = ports.services()
                                    .find(id)
                                    .filter(status -> status.desired() == Desired.RUNNING
                                            || status.run().isPresent())
                                    .isPresent();
                            handle(new DeployEvent.TurnCame(releases.current(), isNew ? starts : isDesired));
                        }));
    }

    /** What was installed without releases becomes the release to go back to. */
    private void adoptOriginal() {
        if (releases.current().isPresent() || ports.services().find(id).isEmpty()) return;
        String name = ports.services()
                .manifest(id)
                .flatMap(manifest -> manifest.release())
                .orElse("original");
        ReleaseId original = ReleaseId.of(name, "0".repeat(64));
        releases = releases.with(new Release(original, true, ports.timers().now(), Optional.empty()))
                .current(original);
    }

    @Override
    public void switchTo(ReleaseId to, boolean isWanted) {
        long number = ++switching;
        Optional<Runnable> held = turn;
        turn = Optional.empty();
        Release release = releases.find(to)
                .orElseGet(() -> new Release(to, false, ports.timers().now(), Optional.empty()));
        var change = new ReleaseSwitch(id, folder(release), isWanted, active.flatMap(Deploy::commandId), ports);
        held.ifPresentOrElse(
                end -> run(change, to, number, end), () -> ports.turns().take(id, end -> run(change, to, number, end)));
    }

    private void run(ReleaseSwitch change, ReleaseId to, long number, Runnable end) {
        change.run().whenComplete((problem, bug) -> {
            end.run();
            mailbox.execute(() -> {
                if (number != switching) return;
                Optional<Problem> why =
                        bug == null ? problem : Optional.of(new Problem(ErrorCode.INTERNAL, "internal error: " + bug));
                if (why.filter(found -> found.code() == ErrorCode.INTERRUPTED).isPresent()) return;
                if (why.isPresent()) handle(new DeployEvent.SwitchFailed(why.get()));
                else {
                    releases = releases.current(to);
                    handle(new DeployEvent.Switched());
                    observe();
                }
            });
        });
    }

    @Override
    public void stopService() {
        ReleaseSwitch.stop(id, active.flatMap(Deploy::commandId), ports.services());
    }

    @Override
    public void markBad(ReleaseId release, String why) {
        releases.find(release).ifPresent(found -> {
            releases = releases.with(found.asBad(why));
            try {
                ports.store().saveFact(id, releases);
            } catch (StoreException e) {
                LOG.warn("service={} that release {} is bad is not saved yet: {}", id, release, e.getMessage());
            }
        });
    }

    @Override
    public void setTimer(TimerKind kind, Duration delay) {
        timers.set(kind, delay);
    }

    @Override
    public void cancelTimer(TimerKind kind) {
        timers.cancel(kind);
    }

    @Override
    public void answer(DeployResult result) {
        List<CompletableFuture<DeployResult>> waitingFor = List.copyOf(answers);
        answers.clear();
        waitingFor.forEach(answer -> answer.complete(result));
    }

    private void releaseTurn() {
        turn.ifPresent(Runnable::run);
        turn = Optional.empty();
    }

    // What is seen of the service.

    /** Thread-safe; never blocks. */
    void changed(ServiceStatus status) {
        if (releases.deploy().filter(deploy -> !deploy.isOver()).isEmpty()) return;
        mailbox.execute(() -> handle(DeployEvent.Observed.of(status)));
    }

    private void observe() {
        ports.services().find(id).ifPresent(status -> handle(DeployEvent.Observed.of(status)));
    }
}
