package io.efka.agent.release;

import io.efka.agent.release.DeployEvent.TimerKind;
import io.efka.protocol.Durations;
import io.efka.protocol.ErrorCode;
import java.time.Duration;
import java.time.Instant;

/**
 * The release is healthy, and an operator has yet to confirm it. Without a network, too, it is taken back when the time is
 * over: that is what this is for. A service that was stopped meanwhile stays so.
 *
 * @param since what {@code confirm_within} counts from
 */
record Confirming(Instant since) implements DeployState.Switched {
    @Override
    public DeployStep on(DeployEvent.Observed event, Deploy deploy, Instant now) {
        return switch (event.sight()) {
            case UNWANTED -> deploy.wanted(false).stay();
            case HEALTHY, NOT_YET -> deploy.wanted(true).stay();
            case DONE -> deploy.stay();
            case FAILED -> failed(event, deploy.wanted(true), now);
        };
    }

    private static DeployStep failed(DeployEvent.Observed event, Deploy deploy, Instant now) {
        return deploy.fail(
                        new DeployResult.Problem(
                                ErrorCode.UNHEALTHY,
                                "release " + deploy.target().name() + " " + event.detail()),
                        now)
                .then(new DeployEffect.CancelTimer(TimerKind.CONFIRM));
    }

    @Override
    public DeployStep on(DeployEvent.TimerFired event, Deploy deploy, Instant now) {
        if (event.kind() != TimerKind.CONFIRM) return deploy.stay();
        return deploy.fail(
                new DeployResult.Problem(
                        ErrorCode.UNHEALTHY,
                        "release " + deploy.target().name() + " was not confirmed within "
                                + Durations.format(limit(deploy))),
                now);
    }

    @Override
    public DeployStep on(DeployEvent.ConfirmAsked event, Deploy deploy, Instant now) {
        return deploy.end(Ended.committed(now)).then(new DeployEffect.CancelTimer(TimerKind.CONFIRM));
    }

    @Override
    public DeployStep on(DeployEvent.EndAsked event, Deploy deploy, Instant now) {
        DeployStep step = Activating.cancel(event, deploy, now);
        return step.next().equals(deploy) ? step : step.then(new DeployEffect.CancelTimer(TimerKind.CONFIRM));
    }

    @Override
    public DeployStep on(DeployEvent.AgentStarted event, Deploy deploy, Instant now) {
        return deploy.stay()
                .then(new DeployEffect.SetTimer(TimerKind.CONFIRM, Activating.left(since, limit(deploy), now)));
    }

    private static Duration limit(Deploy deploy) {
        return deploy.rule().confirmWithin().orElse(Duration.ZERO);
    }
}
