package io.efka.agent.release;

import io.efka.agent.release.DeployResult.Outcome;
import io.efka.agent.release.DeployResult.Problem;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The deploys of one service: decides nothing, and does what {@link Deploy} decides. Always in this order: decide, save, swap,
 * act, announce. Confined to its mailbox, but for what says otherwise.
 */
final class Deployer {
    private final ServiceId id;
    private final DeployPorts ports;
    private final Executor mailbox;
    private final Deployments all;
    private final Preparation preparation;
    private final DeployActions actions;
    private final DeployNews news;
    private final Pruning pruning;
    private final Holds holds;
    private final Retirement retirement;
    private final ReleaseRecord record;

    private Optional<Deploy> active = Optional.empty();
    private Optional<Waiting> waiting = Optional.empty();
    /** What {@link #active} was asked for with; empty for one that an earlier agent activated. */
    private Optional<DeployRequest> asked = Optional.empty();

    /** Another deployer is the service's now, if there is one at all. */
    private boolean isRetired;

    /**
     * @param all the deployers of the device
     * @param gone completes when nothing is left of a service of the same id that was removed
     */
    Deployer(
            ServiceId id,
            ServiceReleases found,
            DeployPorts ports,
            Executor mailbox,
            Deployments all,
            CompletableFuture<?> gone) {
        this.id = id;
        this.all = all;
        this.record = new ReleaseRecord(id, found, ports.store());
        this.ports = ports;
        this.mailbox = mailbox;
        this.pruning = new Pruning(id, ports.folders(), ports.disk(), ports.needs(), gone);
        this.preparation = new Preparation(id, ports, pruning, mailbox, this::prepared);
        this.actions = new DeployActions(id, ports, record, preparation, mailbox, this::acted, this::turnCame);
        this.news = new DeployNews(id, ports.events(), ports.changes());
        this.holds = new Holds(id, ports, record, mailbox, () -> handle(new DeployEvent.HoldsChanged(binding())));
        this.retirement = new Retirement(id, ports, mailbox, this::isIdle, this::forget);
        this.active = found.deploy().filter(deploy -> !deploy.isOver());
    }

    /** Thread-safe. */
    ServiceReleases releases() {
        return record.now();
    }

    /** Thread-safe; never blocks. Completes with what is known then. */
    CompletableFuture<ServiceReleases> adopt(ReleaseId current, Set<ReleaseId> stored) {
        var known = new CompletableFuture<ServiceReleases>();
        mailbox.execute(() -> {
            if (isRetired) all.adopt(id).thenAccept(known::complete);
            else known.complete(record.adopt(current, stored, ports));
        });
        return known;
    }

    /** Thread-safe; never blocks. */
    void deploy(DeployRequest request, DeployTicket ticket) {
        mailbox.execute(() -> {
            if (isRetired) all.deploy(id, request, ticket);
            else begin(request, ticket);
        });
    }

    /** Thread-safe; never blocks. Completes with a {@link CommandException} if the deploy would be refused. */
    CompletableFuture<DeployPlan> plan(DeployRequest request) {
        var answer = new CompletableFuture<DeployPlan>();
        mailbox.execute(() -> {
            try {
                checks().requireCurrent(request);
                Preparation.Plan plan = preparation.plan(request, checks());
                preparation.check(plan, DeployPlan.of(request, plan.target(), situation(request)), answer);
            } catch (CommandException refusal) {
                answer.completeExceptionally(refusal);
            }
        });
        return answer;
    }

    private DeployPlan.Situation situation(DeployRequest request) throws CommandException {
        Instant now = ports.timers().now();
        return new DeployPlan.Situation(
                record.withOriginal(ports), active, holds.standing(), isWanted(request.starts()), now);
    }

    /** Thread-safe; never blocks. Completes with the deploy that was told, as it is then; empty: none is, or none by {@code command}. */
    CompletableFuture<Optional<Deploy>> tell(DeployEvent event, Optional<String> command) {
        var told = new CompletableFuture<Optional<Deploy>>();
        mailbox.execute(() -> {
            Optional<Deploy> meant = active.filter(
                    deploy -> command.isEmpty() || deploy.commandId().equals(command));
            told.complete(meant.isPresent() ? handle(event) : Optional.empty());
        });
        return told;
    }

    /** Thread-safe; never blocks. Completes with a {@link CommandException} if it does not stand. */
    CompletableFuture<Hold.Placed> hold(Hold.Request request) {
        var placed = new CompletableFuture<Hold.Placed>();
        mailbox.execute(() -> {
            if (isRetired) placed.completeExceptionally(Hold.ofRemoved(id));
            else holds.ask(request, active.filter(Deploy::isSwitching).isPresent(), placed);
        });
        return placed;
    }

    /** Thread-safe; never blocks. Completes with what still stands. */
    CompletableFuture<List<Hold>> release(Hold.By by) {
        var left = new CompletableFuture<List<Hold>>();
        mailbox.execute(() -> {
            holds.release(by);
            left.complete(holds.standing());
        });
        return left;
    }

    /** Goes on with what an earlier agent left. Called once, when the service is supervised. */
    void resume() {
        mailbox.execute(() -> {
            holds.resume();
            retirement.consider();
            Optional<DeployRequest> promised = record.now().promised().map(DeployRequest::repeated);
            if (active.isEmpty()) {
                promised.ifPresent(request -> begin(request, DeployTicket.create()));
                return;
            }
            waiting = promised.map(request -> new Waiting(request, DeployTicket.create()));
            news.resumed(active.get());
            handle(new DeployEvent.AgentStarted());
            observe();
        });
    }

    /** The agent ends: the next one goes on. */
    void close() {
        mailbox.execute(() -> {
            preparation.abort();
            holds.close();
        });
    }

    /** The service is removed, and everything of it. Runs {@code gone} when that is done. */
    void removed(Runnable gone) {
        mailbox.execute(() -> {
            isRetired = true;
            active.ifPresent(deploy -> actions.answer(
                    DeployResult.of(Outcome.CANCELLED, new Problem(ErrorCode.CANCELLED, "the service was removed"))));
            waiting.ifPresent(next -> next.ticket().supersede("the service was removed"));
            waiting = Optional.empty();
            active = Optional.empty();
            actions.forget();
            holds.forget();
            record.delete();
            preparation.afterwards(() -> {
                // What was being stored has made the folder anew.
                if (ports.services().find(id).isEmpty()) pruning.deleteAll();
                pruning.afterwards(gone);
            });
        });
    }

    private void begin(DeployRequest request, DeployTicket ticket) {
        Optional<Deploy> known =
                request.commandId().filter(command -> request.isRepeated()).flatMap(record::of);
        if (known.isPresent()) {
            actions.join(known.get(), ticket);
            return;
        }
        try {
            checks().requireCurrent(request);
            if (active.isPresent()) {
                follow(active.get(), request, ticket);
                return;
            }
            Preparation.Plan plan = preparation.plan(request, checks());
            record.promise(request);
            start(request, plan, ticket);
            preparation.begin(plan, record.now());
        } catch (CommandException refusal) {
            ticket.refuse(refusal);
            if (record.takeBack(request)) news.refused(request, refusal);
            retirement.consider();
        }
    }

    private DeployChecks checks() {
        return new DeployChecks(id, record.now());
    }

    /** It begins when the one before is over: at once, if that has changed nothing that runs. If it is refused, that goes on. */
    private void follow(Deploy before, DeployRequest request, DeployTicket ticket) throws CommandException {
        DeployEvent end = DeployEvent.EndAsked.supersededBy(request);
        Deploy ended = before.on(end, ports.timers().now()).next();
        if (ended.isOver()) preparation.plan(request, new DeployChecks(id, record.after(ended)));
        record.promise(request);
        waiting.ifPresent(next -> next.ticket().supersede("another deploy took its place"));
        waiting = Optional.of(new Waiting(request, ticket));
        if (ended.isOver()) handle(end);
        else ticket.accept();
    }

    private void start(DeployRequest request, Preparation.Plan plan, DeployTicket ticket) {
        asked = Optional.of(request);
        actions.answerTo(ticket.result());
        ticket.accept();
        Deploy deploy = Deploy.begun(
                request,
                plan.target(),
                new Preparing(plan.first(), ports.timers().now()));
        active = Optional.of(deploy);
        record.change(known -> known.deploy(deploy));
        news.moved(deploy);
    }

    private void prepared(DeployEvent outcome) {
        if (outcome instanceof DeployEvent.Prepared done) {
            record.change(known ->
                    known.stored(done.target(), done.artifact(), ports.timers().now()));
        }
        handle(outcome);
    }

    /** Returns the deploy that was told, as it is now; another one may have begun since. */
    private Optional<Deploy> handle(DeployEvent event) {
        if (active.isEmpty()) return Optional.empty();
        Deploy before = active.get();
        DeployStep step = before.on(event, ports.timers().now());
        Deploy next = step.next();
        if (!next.equals(before)) {
            Optional<Problem> refusal = record.move(before, next, waiting.map(Waiting::request));
            if (refusal.isPresent()) return Optional.of(abandon(before, refusal.get()));
            active = Optional.of(next).filter(deploy -> !deploy.isOver());
        }
        for (DeployEffect effect : step.effects()) effect.perform(actions);
        if (!next.equals(before)) news.moved(before, next);
        if (active.isEmpty()) ended();
        if (active.filter(Deploy::isSwitching).isEmpty()) holds.switched();
        boolean givesWay = next.state() instanceof Unwatched && !(before.state() instanceof Unwatched);
        if (givesWay) waiting.ifPresent(one -> handle(DeployEvent.EndAsked.supersededBy(one.request())));
        return Optional.of(next);
    }

    /** Ends it before anything was changed. */
    private Deploy abandon(Deploy deploy, Problem problem) {
        DeployResult result = DeployResult.failed(problem);
        Deploy over =
                deploy.move(new DeployState.Ended(result, ports.timers().now())).next();
        active = Optional.empty();
        record.abandon(over, waiting.map(Waiting::request));
        actions.answer(result);
        news.moved(over);
        ended();
        return over;
    }

    private void ended() {
        actions.over();
        Optional<Waiting> next = waiting;
        waiting = Optional.empty();
        next.ifPresent(one -> begin(one.request(), one.ticket()));
        record.change(pruning::prune); // not what is deployed next
        retirement.consider();
    }

    private void turnCame() {
        try {
            record.adoptOriginal(ports);
            if (asked.filter(DeployRequest::isInstall).isPresent())
                record.requireInstallable(active.orElseThrow().target());
        } catch (CommandException refusal) {
            abandon(active.orElseThrow(), Problem.of(refusal));
            return;
        }
        boolean isWanted = isWanted(asked.map(DeployRequest::starts).orElse(true));
        handle(new DeployEvent.TurnCame(record.now().current(), isWanted, binding()));
    }

    /** @param starts whether it is to run if it is new, or if only a release that failed keeps it from running */
    private boolean isWanted(boolean starts) {
        Optional<ServiceStatus> status = ports.services().find(id);
        if (status.isEmpty() || record.now().isCurrentBad()) return starts;
        return status.get().desired() == Desired.RUNNING || status.get().run().isPresent();
    }

    /** The holds that the deploy under way must wait for. */
    private List<Hold> binding() {
        return asked.filter(DeployRequest::ignoresHolds).isPresent() ? List.of() : holds.standing();
    }

    private void acted(DeployEvent outcome) {
        handle(outcome);
        if (outcome instanceof DeployEvent.Switched) observe();
    }

    private boolean isIdle() {
        return active.isEmpty() && waiting.isEmpty() && record.now().promised().isEmpty();
    }

    private void forget() {
        record.delete();
        pruning.deleteAll();
        pruning.afterwards(() -> mailbox.execute(() -> {
            if (!retirement.isDue() || !record.now().equals(ServiceReleases.NONE)) return;
            isRetired = true;
            all.retired(id, this);
        }));
    }

    /** Thread-safe; never blocks. */
    void changed(ServiceStatus status) {
        ServiceReleases now = record.now();
        boolean isWatched = now.deploy().filter(deploy -> !deploy.isOver()).isPresent();
        if (!isWatched && now.holds().isEmpty()) return;
        mailbox.execute(() -> {
            holds.look();
            handle(DeployEvent.Observed.of(status));
        });
    }

    private void observe() {
        ports.services().find(id).ifPresent(status -> handle(DeployEvent.Observed.of(status)));
    }
}
