package io.efka.agent.release;

import io.efka.agent.release.DeployEvent.TimerKind;
import io.efka.agent.release.DeployResult.Outcome;
import io.efka.agent.release.DeployResult.Problem;
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

/**
 * The deploys of one service: decides nothing, and does what {@link Deploy} decides. Always in this order: decide, save, swap,
 * act, announce. Confined to its mailbox, but for what says otherwise.
 */
final class Deployer implements DeployEffect.Actor {
    private final ServiceId id;
    private final DeployPorts ports;
    private final Executor mailbox;
    private final DeployTimers timers;
    private final Preparation preparation;
    private final CommandTurn turn;
    private final DeployNews news;
    private final Pruning pruning;
    private final ReleaseRecord record;
    private final List<CompletableFuture<DeployResult>> answers = new ArrayList<>();

    private Optional<Deploy> active = Optional.empty();
    private Optional<Waiting> waiting = Optional.empty();
    private boolean starts = true;

    /** A switch that returns later carries a number; an older one is ignored. */
    private long switching;

    /** A deploy that waits until the one under way is over. */
    private record Waiting(DeployRequest request, DeployTicket ticket) {}

    Deployer(ServiceId id, ServiceReleases found, DeployPorts ports, Executor mailbox) {
        this.id = id;
        this.record = new ReleaseRecord(id, found, ports.store());
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
        return record.now();
    }

    /** Thread-safe; never blocks. */
    DeployTicket deploy(DeployRequest request) {
        DeployTicket ticket = DeployTicket.create();
        mailbox.execute(() -> begin(request, ticket));
        return ticket;
    }

    /** Thread-safe; never blocks. Completes with whether there was a deploy to tell. */
    CompletableFuture<Optional<Deploy>> tell(DeployEvent event) {
        var told = new CompletableFuture<Optional<Deploy>>();
        mailbox.execute(() -> {
            Optional<Deploy> before = active;
            if (before.isPresent()) handle(event);
            told.complete(before.isPresent() ? record.now().deploy() : Optional.empty());
        });
        return told;
    }

    /** Goes on with what an earlier agent left. Called once, when the service is supervised. */
    void resume() {
        mailbox.execute(() -> {
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
        mailbox.execute(preparation::abort);
    }

    /** The service is removed, and everything of it. */
    void removed() {
        mailbox.execute(() -> {
            active.ifPresent(deploy -> answer(
                    DeployResult.of(Outcome.CANCELLED, new Problem(ErrorCode.CANCELLED, "the service was removed"))));
            waiting.ifPresent(next -> next.ticket().end(superseded("the service was removed")));
            waiting = Optional.empty();
            active = Optional.empty();
            preparation.abort();
            turn.release();
            switching++;
            timers.cancelAll();
            record.delete();
        });
    }

    private static DeployResult superseded(String why) {
        return DeployResult.of(Outcome.SUPERSEDED, new Problem(ErrorCode.CANCELLED, why));
    }

    // A deploy begins.

    private void begin(DeployRequest request, DeployTicket ticket) {
        Optional<Deploy> known =
                request.commandId().filter(command -> request.isRepeated()).flatMap(record::of);
        if (known.isPresent()) {
            join(known.get(), ticket);
            return;
        }
        try {
            checks().requireCurrent(request);
            if (active.isPresent() && !makesWay(request)) {
                record.promise(request);
                waiting.ifPresent(next -> next.ticket().end(superseded("another deploy took its place")));
                waiting = Optional.of(new Waiting(request, ticket));
                ticket.accept();
                return;
            }
            Preparation.Plan plan = preparation.plan(request, checks());
            record.promise(request);
            start(request, plan, ticket);
            preparation.begin(plan, record.now());
        } catch (CommandException refusal) {
            ticket.refuse(refusal);
            if (record.takeBack(request)) news.refused(request, refusal);
        }
    }

    private void join(Deploy known, DeployTicket ticket) {
        if (known.state() instanceof DeployState.Ended over) {
            ticket.end(over.result());
            return;
        }
        answers.add(ticket.result());
        ticket.accept();
    }

    private DeployChecks checks() {
        return new DeployChecks(id, record.now());
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

    private void start(DeployRequest request, Preparation.Plan plan, DeployTicket ticket) {
        starts = request.starts();
        answers.add(ticket.result());
        ticket.accept();
        var deploy = new Deploy(
                request.commandId(),
                request.isRollback(),
                plan.target(),
                Optional.empty(),
                request.rule(),
                false,
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

    // Decide, save, swap, act, announce.

    private void handle(DeployEvent event) {
        if (active.isEmpty()) return;
        Deploy before = active.get();
        DeployStep step = before.on(event, ports.timers().now());
        Deploy next = step.next();
        if (!next.equals(before)) {
            Optional<Problem> refusal = record.move(before, next, waiting.map(Waiting::request));
            if (refusal.isPresent()) {
                abandon(before, refusal.get());
                return;
            }
            active = Optional.of(next).filter(deploy -> !deploy.isOver());
        }
        for (DeployEffect effect : step.effects()) effect.perform(this);
        if (!next.equals(before)) say(before, next);
        if (active.isEmpty()) ended();
    }

    private void say(Deploy before, Deploy next) {
        boolean isMoved =
                next.isOver() || !next.state().visible().equals(before.state().visible());
        if (isMoved) news.moved(next);
        else if (next.state() instanceof Preparing) news.told(next);
    }

    /** Ends it before anything was changed. */
    private void abandon(Deploy deploy, Problem problem) {
        DeployResult result = DeployResult.failed(problem);
        Deploy over =
                deploy.move(new DeployState.Ended(result, ports.timers().now())).next();
        active = Optional.empty();
        record.abandon(over, waiting.map(Waiting::request));
        answer(result);
        news.moved(over);
        ended();
    }

    private void ended() {
        timers.cancelAll();
        turn.release();
        record.change(pruning::prune);
        Optional<Waiting> next = waiting;
        waiting = Optional.empty();
        next.ifPresent(one -> begin(one.request(), one.ticket()));
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
            handle(new DeployEvent.TurnCame(record.now().current(), isWanted));
        });
    }

    /** What was installed without releases becomes the release to go back to. */
    private void adoptOriginal() {
        if (record.now().current().isPresent() || ports.services().find(id).isEmpty()) return;
        Optional<String> name = ports.services().manifest(id).flatMap(Manifest::release);
        record.change(known -> known.original(name, ports.timers().now()));
    }

    @Override
    public void switchTo(ReleaseId to, boolean isWanted) {
        long number = ++switching;
        Release release = record.now()
                .find(to)
                .orElseGet(() -> Release.of(to, ports.timers().now()));
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
                    record.change(known -> known.current(to));
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
        record.markBad(release, why);
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
        if (record.now().deploy().filter(deploy -> !deploy.isOver()).isEmpty()) return;
        mailbox.execute(() -> handle(DeployEvent.Observed.of(status)));
    }

    private void observe() {
        ports.services().find(id).ifPresent(status -> handle(DeployEvent.Observed.of(status)));
    }
}
