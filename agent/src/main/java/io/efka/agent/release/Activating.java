package io.efka.agent.release;

import io.efka.protocol.ErrorCode;
import java.time.Duration;
import java.time.Instant;

/**
 * The service is being stopped, switched and started again. Which release is current is not known for sure: whoever goes on
 * does the switch again.
 *
 * @param since what {@code healthy_deadline} counts from
 */
record Activating(Instant since) implements DeployState.Activated {
    @Override
    public String visible() {
        return "activating";
    }

    @Override
    public DeployStep on(DeployEvent.Switched event, Deploy deploy, Instant now) {
        if (deploy.isWanted()) return deploy.move(Watching.begun(since));
        return deploy.move(new Unwatched(now))
                .then(new DeployEffect.CancelTimer(DeployEvent.TimerKind.DEADLINE))
                .then(new DeployEffect.Answer(DeployResult.COMMITTED));
    }

    @Override
    public DeployStep on(DeployEvent.SwitchFailed event, Deploy deploy, Instant now) {
        if (!event.isPassing()) return deploy.fail(event.problem(), now);
        // The release has not shown what it is worth: it is not bad, and there is nothing to keep for somebody to look
        // at.
        if (deploy.back().isPresent()) return deploy.goBack(event.problem(), now);
        return deploy.end(new DeployState.Ended(DeployResult.failed(event.problem()), now))
                .then(new DeployEffect.StopService());
    }

    @Override
    public DeployStep on(DeployEvent.Observed event, Deploy deploy, Instant now) {
        return deploy.stay();
    }

    @Override
    public DeployStep on(DeployEvent.TimerFired event, Deploy deploy, Instant now) {
        if (event.kind() != DeployEvent.TimerKind.DEADLINE) return deploy.stay();
        return deploy.fail(new DeployResult.Problem(ErrorCode.UNHEALTHY, Watching.late(deploy, "not started")), now);
    }

    @Override
    public DeployStep on(DeployEvent.ConfirmAsked event, Deploy deploy, Instant now) {
        return deploy.stay();
    }

    @Override
    public DeployStep on(DeployEvent.EndAsked event, Deploy deploy, Instant now) {
        return cancel(event, deploy, now);
    }

    /** An operator cancels what is current already. Another deploy does not: it waits until this one is over. */
    static DeployStep cancel(DeployEvent.EndAsked event, Deploy deploy, Instant now) {
        if (event.outcome() != DeployResult.Outcome.CANCELLED) return deploy.stay();
        var problem = new DeployResult.Problem(ErrorCode.CANCELLED, event.why());
        if (deploy.back().isEmpty()) {
            return deploy.end(DeployState.Ended.of(DeployResult.Outcome.CANCELLED, problem, now))
                    .then(new DeployEffect.StopService());
        }
        return deploy.goBack(problem, now);
    }

    @Override
    public DeployStep on(DeployEvent.AgentStarted event, Deploy deploy, Instant now) {
        return deploy.stay()
                .then(new DeployEffect.SetTimer(
                        DeployEvent.TimerKind.DEADLINE,
                        left(since, deploy.rule().deadline(), now)))
                .then(new DeployEffect.Switch(deploy.target(), deploy.isWanted()));
    }

    /** What is left of {@code limit}; all of it if the clock was set back, and little if it was set forward. */
    static Duration left(Instant since, Duration limit, Instant now) {
        Duration left = limit.minus(Duration.between(since, now));
        if (left.isNegative()) return Duration.ZERO;
        return left.compareTo(limit) > 0 ? limit : left;
    }
}
