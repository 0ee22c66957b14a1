package io.efka.agent.release;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The release is unpacked and whole, and waits until no other command to the service is under way. */
record Staged(Instant since) implements DeployState.Pending {
    @Override
    public String visible() {
        return "staged";
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

    /** On disk before anything is stopped: from here on there is something to go back from. */
    @Override
    public DeployStep on(DeployEvent.TurnCame event, Deploy deploy, Instant now) {
        Optional<ReleaseId> back = event.current();
        if (back.filter(deploy.target()::equals).isPresent()) return deploy.end(Ended.committed(now));
        if (!event.holds().isEmpty())
            return deploy.move(new Held(event.holds(), now)).then(new DeployEffect.GiveUpTurn());
        return new DeployStep(deploy.activated(back, event.isWanted(), now), List.of())
                .then(new DeployEffect.SetTimer(
                        DeployEvent.TimerKind.DEADLINE, deploy.rule().deadline()))
                .then(new DeployEffect.Switch(deploy.target(), event.isWanted()));
    }

    /** They are looked at when the turn comes. */
    @Override
    public DeployStep on(DeployEvent.HoldsChanged event, Deploy deploy, Instant now) {
        return deploy.stay();
    }

    @Override
    public DeployStep on(DeployEvent.EndAsked event, Deploy deploy, Instant now) {
        return Preparing.given(event, deploy, now);
    }

    @Override
    public DeployStep on(DeployEvent.AgentStarted event, Deploy deploy, Instant now) {
        return new Preparing(Preparing.Stage.VERIFYING, since).on(event, deploy, now);
    }
}
