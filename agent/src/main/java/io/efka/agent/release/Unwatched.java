package io.efka.agent.release;

import io.efka.agent.release.DeployEvent.TimerKind;
import io.efka.protocol.ErrorCode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The release is current, but nobody wants the service to run. It is watched when it is started. */
record Unwatched(Instant since) implements DeployState.Switched {
    @Override
    public Optional<DeployResult> answer() {
        return Optional.of(DeployResult.COMMITTED);
    }

    @Override
    public DeployStep on(DeployEvent.Observed event, Deploy deploy, Instant now) {
        return switch (event.sight()) {
            case UNWANTED -> deploy.stay();
            case DONE -> deploy.end(Ended.committed(now));
            case HEALTHY, NOT_YET, FAILED -> watch(event, deploy, now);
        };
    }

    /** It was started; whoever did so wants it to run, also after a rollback. */
    private static DeployStep watch(DeployEvent.Observed event, Deploy deploy, Instant now) {
        var begun = deploy.wanted(true).move(Watching.begun(now));
        DeployStep seen = begun.next().on(event, now);
        var step = new DeployStep(
                seen.next(),
                List.of(new DeployEffect.SetTimer(
                        TimerKind.DEADLINE, deploy.rule().deadline())));
        for (DeployEffect effect : seen.effects()) step = step.then(effect);
        return step;
    }

    @Override
    public DeployStep on(DeployEvent.TimerFired event, Deploy deploy, Instant now) {
        return deploy.stay();
    }

    @Override
    public DeployStep on(DeployEvent.ConfirmAsked event, Deploy deploy, Instant now) {
        return deploy.end(Ended.committed(now));
    }

    /** Another deploy may take its place at once. */
    @Override
    public DeployStep on(DeployEvent.EndAsked event, Deploy deploy, Instant now) {
        if (event.outcome() == DeployResult.Outcome.CANCELLED) return Activating.cancel(event, deploy, now);
        var problem = new DeployResult.Problem(ErrorCode.CANCELLED, event.why() + "; it was never started");
        return deploy.end(Ended.of(event.outcome(), problem, now));
    }

    @Override
    public DeployStep on(DeployEvent.AgentStarted event, Deploy deploy, Instant now) {
        return deploy.stay();
    }
}
