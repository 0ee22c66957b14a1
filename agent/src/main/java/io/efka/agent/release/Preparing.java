package io.efka.agent.release;

import io.efka.protocol.ErrorCode;
import java.time.Instant;
import java.util.Locale;

/**
 * The release is fetched, unpacked and checked, while the one before runs. Nothing of this is on disk: an agent that was
 * killed has the command in its ledger and begins again, with what was downloaded.
 */
record Preparing(Stage stage, Instant since) implements DeployState.Pending {

    /** What is being done; on the wire in lower case. */
    enum Stage {
        QUEUED,
        DOWNLOADING,
        VERIFYING
    }

    @Override
    public String visible() {
        return stage.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public DeployStep on(DeployEvent.StageReached event, Deploy deploy, Instant now) {
        return deploy.move(new Preparing(event.stage(), now));
    }

    @Override
    public DeployStep on(DeployEvent.Prepared event, Deploy deploy, Instant now) {
        return deploy.of(event.target()).move(new Staged(now)).then(new DeployEffect.AwaitTurn());
    }

    @Override
    public DeployStep on(DeployEvent.PreparationFailed event, Deploy deploy, Instant now) {
        return deploy.end(new Ended(DeployResult.failed(event.problem()), now));
    }

    @Override
    public DeployStep on(DeployEvent.TurnCame event, Deploy deploy, Instant now) {
        return deploy.stay();
    }

    @Override
    public DeployStep on(DeployEvent.EndAsked event, Deploy deploy, Instant now) {
        return given(event, deploy, now).then(new DeployEffect.Abort());
    }

    /** Nothing has changed on the device yet. */
    static DeployStep given(DeployEvent.EndAsked event, Deploy deploy, Instant now) {
        var problem = new DeployResult.Problem(ErrorCode.CANCELLED, event.why() + "; nothing was changed");
        return deploy.end(Ended.of(event.outcome(), problem, now));
    }

    @Override
    public DeployStep on(DeployEvent.AgentStarted event, Deploy deploy, Instant now) {
        var problem = new DeployResult.Problem(ErrorCode.INTERRUPTED, "the agent ended before anything was changed");
        return deploy.end(Ended.of(DeployResult.Outcome.FAILED, problem, now));
    }
}
