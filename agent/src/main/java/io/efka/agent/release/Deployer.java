package io.efka.agent.release;

import io.efka.agent.release.DeployEvent.TimerKind;
import io.efka.agent.release.DeployResult.Outcome;
import io.efka.agent.release.DeployResult.Problem;
import io.efka.agent.supervision.StoreException;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.manifest.Manifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deploys of one service: decides nothing, and does what {@link Deploy} decides. Always in this order: decide, save, swap,
 * act, announce. Confined to its mailbox, but for what says otherwise.
 */
final class Deployer implements DeployEffect.Actor {
    private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);

    private final ServiceId id;
    private final DeployPorts ports;
    private final Executor mailbox;
    private final DeployTimers timers;
    private final Preparation preparation;
    private final CommandTurn turn;
    private final DeployNews news;
    private final Pruning pruning;
    private final List<CompletableFuture<DeployResult>> answers = new ArrayList<>();

    /** Written on the mailbox only. */
    private volatile ServiceReleases releases;

    private Optional<Deploy> active = Optional.empty();
    private Optional<Waiting> waiting = Optional.empty();
    private boolean starts = true;

    /** A switch that returns later carries a number; an older one is ignored. */
    private long switching;

    /** A deploy that waits until the one under way is over. */
    private record Waiting(DeployRequest request, CompletableFuture<DeployResult> answer) {}

    Deployer(ServiceId id, ServiceReleases found, DeployPorts ports, Executor mailbox) {
        this.id = id;
        this.releases = found;
        this.ports = ports;
        this.mailbox = mailbox;
        this.timers = new DeployTimers(ports.timers(), mailbox, this::handle);
        this.pruning = new Pruning(id, ports.folders(), ports.disk());
        this.preparation = new Preparation(id, ports, pruning, mailbox, this::prepared);
        this.turn = new CommandTurn(id, ports.turns(), mailbox);
        this.news = new DeployNews(id, ports.events(), ports.changes());
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
            news.resumed(active.get());
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
            preparation.abort();
            turn.release();
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
            Preparation.Plan plan = preparation.plan(request, checks());
            start(request, plan.target(), answer);
            preparation.begin(plan, releases);
        } catch (CommandException refusal) {
            answer.complete(DeployResult.failed(Problem.of(refusal)));
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
        news.moved(deploy);
    }

    private void prepared(DeployEvent outcome) {
        if (outcome instanceof DeployEvent.Prepared done) {
            releases = releases.stored(done.target(), ports.timers().now());
        }
        handle(outcome);
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
        if (isNews && !next.equals(before)) news.moved(next);
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
            abandon(before, new Problem(ErrorCode.DISK_FULL, "nothing was changed: " + e.getMessage()));
            return false;
        }
    }

    /** Ends it before anything was changed. */
    private void abandon(Deploy deploy, Problem problem) {
        DeployResult result = DeployResult.failed(problem);
        Deploy over =
                deploy.move(new DeployState.Ended(result, ports.timers().now())).next();
        active = Optional.empty();
        releases = releases.deploy(over);
        answer(result);
        news.moved(over);
        ended();
    }

    private void ended() {
        timers.cancelAll();
        turn.release();
        releases = pruning.prune(releases);
        Optional<Waiting> next = waiting;
        waiting = Optional.empty();
        next.ifPresent(one -> begin(one.request(), one.answer()));
    }

    // Effects.

    @Override
    public void abort() {
        preparation.abort();
    }

    @Override
    public void awaitTurn() {
        turn.await(() -> {
            adoptOriginal();
            Optional<ServiceStatus> status = ports.services().find(id);
            boolean isWanted = status.map(
                            it -> it.desired() == Desired.RUNNING || it.run().isPresent())
                    .orElse(starts);
            handle(new DeployEvent.TurnCame(releases.current(), isWanted));
        });
    }

    /** What was installed without releases becomes the release to go back to. */
    private void adoptOriginal() {
        if (releases.current().isPresent() || ports.services().find(id).isEmpty()) return;
        Optional<String> name = ports.services().manifest(id).flatMap(Manifest::release);
        releases = releases.original(name, ports.timers().now());
    }

    @Override
    public void switchTo(ReleaseId to, boolean isWanted) {
        long number = ++switching;
        Release release = releases.find(to)
                .orElseGet(() -> new Release(to, false, ports.timers().now(), Optional.empty()));
        var change = new ReleaseSwitch(
                id, release.folder(id, ports.folders()), isWanted, active.flatMap(Deploy::commandId), ports);
        turn.use(end -> run(change, to, number, end));
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
