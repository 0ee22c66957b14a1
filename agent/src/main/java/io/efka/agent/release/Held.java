package io.efka.agent.release;

import java.time.Instant;
import java.util.List;

/**
 * The release is unpacked and whole, and waits until nobody holds the service any more. Commands to the service go on
 * meanwhile.
 *
 * @param holds what it waits for, at least one
 */
record Held(List<Hold> holds, Instant since) implements DeployState.Pending {
    Held {
        holds = List.copyOf(holds);
    }

    @Override
    public String visible() {
        return "held";
    }

    @Override
    public DeployStep on(DeployEvent.StageReached event, Deploy deploy, Instant now) {
        return deploy.stay();
    }

    @Override
    public DeployStep on(DeployEvent.Prepared event, Deploy deploy, Instant now) {
        return deploy.stay();
    }

    @Override
    public DeployStep on(DeployEvent.PreparationFailed event, Deploy deploy, Instant now) {
        return deploy.stay();
    }

    /** Of the turn that was given up. */
    @Override
    public DeployStep on(DeployEvent.TurnCame event, Deploy deploy, Instant now) {
        return deploy.stay();
    }

    @Override
    public DeployStep on(DeployEvent.HoldsChanged event, Deploy deploy, Instant now) {
        if (event.holds().isEmpty()) return deploy.move(new Staged(now)).then(new DeployEffect.AwaitTurn());
        return deploy.move(new Held(event.holds(), since));
    }

    @Override
    public DeployStep on(DeployEvent.EndAsked event, Deploy deploy, Instant now) {
        return Preparing.given(event, deploy, now);
    }

    @Override
    public DeployStep on(DeployEvent.AgentStarted event, Deploy deploy, Instant now) {
        return new Staged(since).on(event, deploy, now);
    }
}
