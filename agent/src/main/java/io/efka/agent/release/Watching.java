package io.efka.agent.release;

import io.efka.agent.release.DeployEvent.TimerKind;
import io.efka.protocol.Durations;
import io.efka.protocol.ErrorCode;
import java.time.Instant;

/**
 * The release runs, and has to prove itself.
 *
 * @param since what {@code healthy_deadline} counts from
 * @param isHealthy whether it is now; {@code min_healthy} is running then
 * @param cuts how often an agent started meanwhile: the device may have gone down because of the release
 * @param last what was seen last, for the message
 */
record Watching(Instant since, boolean isHealthy, int cuts, String last) implements DeployState.Switched {
    /** A release that takes the agent or the device down twice while it is watched is not healthy. */
    private static final int MAX_CUTS = 2;

    static Watching begun(Instant since) {
        return new Watching(since, false, 0, "not seen yet");
    }

    @Override
    public DeployStep on(DeployEvent.Observed event, Deploy deploy, Instant now) {
        return switch (event.sight()) {
            case HEALTHY -> isHealthy ? deploy.stay() : healthy(deploy, event.detail());
            case NOT_YET ->
                deploy.move(new Watching(since, false, cuts, event.detail()))
                        .then(new DeployEffect.CancelTimer(TimerKind.MIN_HEALTHY));
            case FAILED -> fail(deploy, event.detail(), now);
            case DONE -> proved(deploy, now);
            case UNWANTED ->
                deploy.wanted(false)
                        .move(new Unwatched(now))
                        .then(new DeployEffect.CancelTimer(TimerKind.MIN_HEALTHY))
                        .then(new DeployEffect.CancelTimer(TimerKind.DEADLINE))
                        .then(new DeployEffect.Answer(DeployResult.COMMITTED));
        };
    }

    private DeployStep healthy(Deploy deploy, String detail) {
        return deploy.move(new Watching(since, true, cuts, detail))
                .then(new DeployEffect.SetTimer(
                        TimerKind.MIN_HEALTHY, deploy.rule().minHealthy()));
    }

    @Override
    public DeployStep on(DeployEvent.TimerFired event, Deploy deploy, Instant now) {
        return switch (event.kind()) {
            case MIN_HEALTHY -> isHealthy ? proved(deploy, now) : deploy.stay();
            case DEADLINE -> fail(deploy, late(deploy, last), now);
            case CONFIRM, RETRY -> deploy.stay();
        };
    }

    static String late(Deploy deploy, String last) {
        return "was not healthy for " + Durations.format(deploy.rule().minHealthy()) + " within "
                + Durations.format(deploy.rule().deadline()) + ", at last it was " + last;
    }

    private static DeployStep proved(Deploy deploy, Instant now) {
        if (deploy.rule().confirmWithin().isEmpty()) {
            return deploy.end(Ended.committed(now)).then(new DeployEffect.CancelTimer(TimerKind.DEADLINE));
        }
        return deploy.move(new Confirming(now))
                .then(new DeployEffect.CancelTimer(TimerKind.DEADLINE))
                .then(new DeployEffect.SetTimer(
                        TimerKind.CONFIRM, deploy.rule().confirmWithin().get()));
    }

    private DeployStep fail(Deploy deploy, String why, Instant now) {
        return deploy.fail(
                new DeployResult.Problem(
                        ErrorCode.UNHEALTHY, "release " + deploy.target().name() + " " + why),
                now);
    }

    /** An operator may have looked sooner than the agent. */
    @Override
    public DeployStep on(DeployEvent.ConfirmAsked event, Deploy deploy, Instant now) {
        return deploy.end(Ended.committed(now))
                .then(new DeployEffect.CancelTimer(TimerKind.MIN_HEALTHY))
                .then(new DeployEffect.CancelTimer(TimerKind.DEADLINE));
    }

    @Override
    public DeployStep on(DeployEvent.EndAsked event, Deploy deploy, Instant now) {
        return Activating.cancel(event, deploy, now);
    }

    @Override
    public DeployStep on(DeployEvent.AgentStarted event, Deploy deploy, Instant now) {
        int again = cuts + 1;
        if (again >= MAX_CUTS) {
            return fail(
                    deploy,
                    "was cut off " + again + " times while it was watched, by an end of the agent or the device",
                    now);
        }
        return deploy.move(new Watching(since, false, again, last))
                .then(new DeployEffect.SetTimer(
                        TimerKind.DEADLINE, Activating.left(since, deploy.rule().deadline(), now)));
    }
}
