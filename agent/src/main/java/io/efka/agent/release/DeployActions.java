package io.efka.agent.release;

import io.efka.agent.release.DeployEvent.TimerKind;
import io.efka.protocol.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Does what the deploys of one service decide. Confined to the deployer's mailbox. */
final class DeployActions implements DeployEffect.Actor {
    private final ReleaseRecord record;
    private final Preparation preparation;
    private final DeployTimers timers;
    private final CommandTurn turn;
    private final Switching switching;
    private final Runnable turnCame;
    private final List<CompletableFuture<DeployResult>> answers = new ArrayList<>();

    /**
     * @param tell called on the mailbox with what a switch or a timer brings
     * @param turnCame called on the mailbox while the turn is held
     */
    DeployActions(
            ServiceId id,
            DeployPorts ports,
            ReleaseRecord record,
            Preparation preparation,
            Executor mailbox,
            Consumer<DeployEvent> tell,
            Runnable turnCame) {
        this.record = record;
        this.preparation = preparation;
        this.timers = new DeployTimers(ports.timers(), mailbox, tell);
        this.turn = new CommandTurn(id, ports.turns(), mailbox);
        this.switching = new Switching(id, ports, turn, record, mailbox, tell);
        this.turnCame = turnCame;
    }

    /** {@code result} completes with the next {@link #answer}. */
    void answerTo(CompletableFuture<DeployResult> result) {
        answers.add(result);
    }

    /** A repeated command finds the deploy that it began. */
    void join(Deploy known, DeployTicket ticket) {
        Optional<DeployResult> told = known.state().answer();
        if (told.isPresent()) {
            ticket.end(told.get());
            return;
        }
        answerTo(ticket.result());
        ticket.accept();
    }

    /** The deploy is over: no timer fires, and commands to the service go on. */
    void over() {
        timers.cancelAll();
        turn.release();
    }

    /** The service is removed: nothing is told of what is under way. */
    void forget() {
        preparation.abort();
        switching.forget();
        over();
    }

    @Override
    public void abort() {
        preparation.abort();
    }

    @Override
    public void awaitTurn() {
        turn.await(turnCame);
    }

    @Override
    public void giveUpTurn() {
        turn.release();
    }

    @Override
    public void switchTo(ReleaseId to, boolean isWanted) {
        switching.begin(to, isWanted);
    }

    @Override
    public void stopService() {
        switching.stop();
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
        List<CompletableFuture<DeployResult>> waiting = List.copyOf(answers);
        answers.clear();
        waiting.forEach(one -> one.complete(result));
    }
}
