package io.efka.agent.release;

import io.efka.agent.release.DeployEvent.TimerKind;
import io.efka.protocol.ErrorCode;
import java.time.Duration;
import java.time.Instant;

/**
 * The release before comes back, and is watched as the new one was. It is not given up for anything: if it cannot be shown
 * to be healthy it stays current all the same, and its restart policy goes on.
 *
 * @param problem why
 * @param isSwitched whether it is current again
 * @param isHealthy whether it is healthy now; {@code min_healthy} is running then
 * @param last what was seen last, for the message
 */
record RollingBack(DeployResult.Problem problem, Instant since, boolean isSwitched, boolean isHealthy, String last)
        implements DeployState.Activated {
    /** Between two tries while the device does not let it; as long as the health of a service is out of sight otherwise. */
    private static final Duration RETRY = Duration.ofSeconds(5);

    RollingBack(DeployResult.Problem problem, Instant since) {
        this(problem, since, false, false, "not seen yet");
    }

    @Override
    public String visible() {
        return "rolling_back";
    }

    @Override
    public DeployStep on(DeployEvent.Switched event, Deploy deploy, Instant now) {
        if (!deploy.isWanted()) return back(deploy, now);
        return deploy.move(new RollingBack(problem, now, true, false, last))
                .then(new DeployEffect.CancelTimer(TimerKind.MIN_HEALTHY))
                .then(new DeployEffect.SetTimer(
                        TimerKind.DEADLINE, deploy.rule().deadline()));
    }

    /** A cancelled deploy ends cancelled; one that failed ends rolled back. */
    private DeployStep back(Deploy deploy, Instant now) {
        var outcome = problem.code() == ErrorCode.CANCELLED
                ? DeployResult.Outcome.CANCELLED
                : DeployResult.Outcome.ROLLED_BACK;
        var told = new DeployResult.Problem(
                problem.code(),
                problem.message() + "; release " + deploy.back().orElseThrow().name()
                        + (deploy.isWanted() ? " runs again" : " is current again"));
        return deploy.end(Ended.of(outcome, told, now)).then(new DeployEffect.CancelTimer(TimerKind.DEADLINE));
    }

    @Override
    public DeployStep on(DeployEvent.SwitchFailed event, Deploy deploy, Instant now) {
        // It is no fault of the release before, and it passes: then that has to run again.
        if (event.isPassing()) {
            return deploy.move(new RollingBack(
                            problem, since, false, false, event.problem().message()))
                    .then(new DeployEffect.SetTimer(TimerKind.RETRY, RETRY));
        }
        return failed(deploy, event.problem().message(), now);
    }

    private DeployStep failed(Deploy deploy, String why, Instant now) {
        var told = new DeployResult.Problem(
                ErrorCode.ROLLBACK_FAILED,
                problem.message() + "; release " + deploy.back().orElseThrow().name() + " was to come back: " + why);
        return deploy.end(Ended.of(DeployResult.Outcome.ROLLBACK_FAILED, told, now))
                .then(new DeployEffect.CancelTimer(TimerKind.DEADLINE));
    }

    @Override
    public DeployStep on(DeployEvent.Observed event, Deploy deploy, Instant now) {
        if (!isSwitched) return deploy.stay();
        // Nobody doubts the release before: whoever cancels need not wait until it has proved itself again.
        boolean isCancelled = problem.code() == ErrorCode.CANCELLED;
        if (isCancelled && event.sight() == DeployEvent.Sight.HEALTHY) return back(deploy, now);
        return switch (event.sight()) {
            case HEALTHY -> isHealthy ? deploy.stay() : healthy(deploy, event.detail());
            case NOT_YET ->
                deploy.move(new RollingBack(problem, since, true, false, event.detail()))
                        .then(new DeployEffect.CancelTimer(TimerKind.MIN_HEALTHY));
            case FAILED -> failed(deploy, event.detail(), now);
            case DONE -> back(deploy, now);
            case UNWANTED -> back(deploy.wanted(false), now);
        };
    }

    private DeployStep healthy(Deploy deploy, String detail) {
        return deploy.move(new RollingBack(problem, since, true, true, detail))
                .then(new DeployEffect.SetTimer(
                        TimerKind.MIN_HEALTHY, deploy.rule().minHealthy()));
    }

    @Override
    public DeployStep on(DeployEvent.TimerFired event, Deploy deploy, Instant now) {
        if (!isSwitched) return event.kind() == TimerKind.RETRY ? switchBack(deploy.stay(), deploy) : deploy.stay();
        return switch (event.kind()) {
            case MIN_HEALTHY -> isHealthy ? back(deploy, now) : deploy.stay();
            case DEADLINE -> failed(deploy, Watching.late(deploy, last), now);
            case CONFIRM, RETRY -> deploy.stay();
        };
    }

    @Override
    public DeployStep on(DeployEvent.ConfirmAsked event, Deploy deploy, Instant now) {
        return deploy.stay();
    }

    @Override
    public DeployStep on(DeployEvent.EndAsked event, Deploy deploy, Instant now) {
        return deploy.stay();
    }

    /**
     * Before the switch is known to be done it is done again, from the beginning. After it the service is left alone: an agent that
     * is started again and again must not do the same to the service.
     */
    @Override
    public DeployStep on(DeployEvent.AgentStarted event, Deploy deploy, Instant now) {
        if (isSwitched) {
            return deploy.move(new RollingBack(problem, since, true, false, last))
                    .then(new DeployEffect.SetTimer(
                            TimerKind.DEADLINE,
                            Activating.left(since, deploy.rule().deadline(), now)));
        }
        return switchBack(deploy.move(new RollingBack(problem, now)), deploy);
    }

    private static DeployStep switchBack(DeployStep step, Deploy deploy) {
        return step.then(new DeployEffect.Switch(deploy.back().orElseThrow(), deploy.isWanted()));
    }
}
