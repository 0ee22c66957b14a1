package io.efka.agent.release;

import io.efka.agent.release.Hold.By;
import io.efka.agent.release.Hold.Placed;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.ServiceStatus.State;
import io.efka.protocol.Until;
import io.efka.threads.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The holds of one service: on the disk before anybody is told that they stand. Each ends by itself, measured by a clock that
 * nobody sets. Confined to the deployer's mailbox.
 */
final class Holds {
    private final ServiceId id;
    private final DeployPorts ports;
    private final ReleaseRecord record;
    private final Executor mailbox;
    private final Runnable changed;
    private final HoldNews news;
    private final Map<By, Timers.Timer> timers = new EnumMap<>(By.class);

    /** What a service asked for while it was being switched; its answer says which run it meant. */
    private final List<Waiting> waiting = new ArrayList<>();

    private boolean isClosed;

    private record Waiting(Hold.Request request, CompletableFuture<Placed> answer) {}

    /** @param changed called on the mailbox when other holds stand than before */
    Holds(ServiceId id, DeployPorts ports, ReleaseRecord record, Executor mailbox, Runnable changed) {
        this.id = id;
        this.ports = ports;
        this.record = record;
        this.mailbox = mailbox;
        this.changed = changed;
        this.news = new HoldNews(id, ports.events(), ports.changes());
    }

    List<Hold> standing() {
        return record.now().holds();
    }

    /** An agent has started and finds them. */
    void resume() {
        standing().forEach(this::arm);
        look();
    }

    /**
     * Asks for a hold, in place of an earlier one of the same holder.
     *
     * @param isSwitching whether the service is being stopped for another release: its own hold comes too late, unless it is
     *     that of the next run, so it is decided when the switch is done
     */
    void ask(Hold.Request request, boolean isSwitching, CompletableFuture<Placed> answer) {
        if (isSwitching && request.by() == By.SERVICE) {
            waiting.add(new Waiting(request, answer));
            return;
        }
        try {
            answer.complete(place(request));
        } catch (CommandException refusal) {
            answer.completeExceptionally(refusal);
        }
    }

    /** The service is not being switched any more. */
    void switched() {
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(one -> ask(one.request(), false, one.answer()));
    }

    private Placed place(Hold.Request request) throws CommandException {
        requireRun(request.run());
        Instant now = ports.timers().now();
        // A service that asks again and again does not hold for ever: its time counts from the first.
        Instant since = of(request.by())
                .filter(before -> request.by() == By.SERVICE)
                .map(Hold::since)
                .orElse(now);
        Duration most = Activating.left(since, ports.maxHold(), now);
        Duration asked = request.until().map(until -> until.after(now)).orElse(most);
        if (asked.isNegative() || asked.isZero()) {
            String was = request.until().map(Until::text).orElse("missing");
            throw CommandException.of(
                    ErrorCode.BAD_ARGUMENT, new Fault("until", '"' + was + '"', "must be " + Until.EXAMPLES));
        }
        boolean isShortened = asked.compareTo(most) > 0;
        Instant until = now.plus(isShortened ? most : asked);
        var hold = new Hold(request.by(), request.reason(), since, until, request.run(), request.commandId());
        record.hold(with(hold));
        arm(hold);
        news.placed(hold);
        changed.run();
        look(); // it may have ended while this was written
        return new Placed(hold, isShortened);
    }

    /** Of a run that is over nobody would end it. */
    private void requireRun(Optional<RunId> run) throws CommandException {
        if (run.isEmpty()) return;
        boolean isCurrent =
                ports.services().find(id).flatMap(ServiceStatus::run).equals(run);
        if (!isCurrent) throw new CommandException(ErrorCode.SERVICE_STOPPED, "the run that asked to hold is over");
    }

    private Optional<Hold> of(By by) {
        return standing().stream().filter(hold -> hold.by() == by).findFirst();
    }

    private List<Hold> with(Hold hold) {
        var all = new ArrayList<Hold>(without(hold.by()));
        all.add(hold);
        return all;
    }

    private List<Hold> without(By by) {
        return standing().stream().filter(hold -> hold.by() != by).toList();
    }

    private void arm(Hold hold) {
        disarm(hold.by());
        // One that fires while it is being replaced finds another hold than its own.
        Runnable over = () -> end(hold, HoldNews.Why.TIME);
        timers.put(hold.by(), ports.timers().schedule(hold.left(ports.timers().now()), () -> mailbox.execute(over)));
    }

    private void disarm(By by) {
        Timers.Timer armed = timers.remove(by);
        if (armed != null) armed.cancel();
    }

    /** Somebody releases what {@code by} holds; nothing if that does not hold. */
    void release(By by) {
        of(by).ifPresent(hold -> end(hold, HoldNews.Why.RELEASED));
    }

    /** A service's hold ends with the run that asked for it. To be called when the service has changed. */
    void look() {
        if (isClosed) return;
        Optional<ServiceStatus> status = ports.services().find(id);
        // At the agent's start: its supervisor has not looked yet whether the run of its record is alive.
        boolean isUnread = status.filter(it -> it.state() == State.STOPPED && it.desired() == Desired.RUNNING)
                .isPresent();
        if (isUnread) return;
        Optional<RunId> run = status.flatMap(ServiceStatus::run);
        of(By.SERVICE).filter(hold -> !hold.run().equals(run)).ifPresent(hold -> end(hold, HoldNews.Why.RUN_OVER));
    }

    private void end(Hold hold, HoldNews.Why why) {
        if (!standing().contains(hold)) return;
        disarm(hold.by());
        record.released(without(hold.by()));
        news.ended(hold, why);
        changed.run();
    }

    /** The agent ends. It may stop the service, which is no reason to begin what is held: the next agent decides. */
    void close() {
        isClosed = true;
        for (By by : By.values()) disarm(by);
    }

    /** The service is removed; what is known of it is deleted by somebody else. */
    void forget() {
        for (By by : By.values()) disarm(by);
        waiting.forEach(one -> one.answer()
                .completeExceptionally(new CommandException(ErrorCode.SERVICE_STOPPED, "the service was removed")));
        waiting.clear();
    }
}
