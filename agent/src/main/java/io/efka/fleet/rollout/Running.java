package io.efka.fleet.rollout;

import io.efka.fleet.rollout.Policy.OnFailure;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/** It goes on by itself, as long as somebody steers it. */
record Running() implements RolloutState {
    @Override
    public String word() {
        return "running";
    }

    @Override
    public String sentence() {
        return "is running";
    }

    @Override
    public RolloutStep on(RolloutEvent.Assessed event, Rollout rollout, Instant now) {
        Assessment seen = event.assessment();
        Rollout counted = rollout.with(seen);
        Policy policy = rollout.plan().policy();
        Optional<String> breach = seen.breach(policy, rollout.plan().progress().excused());
        if (breach.isPresent()) return stop(counted, Reason.ofLimits(breach.get()), now);
        if (rollout.share().compareTo(rollout.plan().target()) < 0) {
            return seen.isWaveDone()
                    ? raise(counted, seen, rollout.plan().progress().step(), now)
                    : RolloutStep.stay(counted);
        }
        if (!seen.isSettled()) return RolloutStep.stay(counted);
        int step = rollout.plan().progress().step();
        if (!policy.isLast(step)) return raise(counted, seen, step + 1, now);
        // Nobody of a fleet that is away has shown that it works: the last step waits for one that does.
        return seen.isProven() ? RolloutStep.publish(counted.promote(now)).finish() : RolloutStep.stay(counted);
    }

    private static RolloutStep raise(Rollout rollout, Assessment seen, int from, Instant now) {
        Policy policy = rollout.plan().policy();
        int step = seen.nextStep(policy, from);
        Optional<BigDecimal> share = seen.nextShare(
                policy, rollout.plan().progress().excused(), policy.steps().get(step));
        return share.map(next -> RolloutStep.publish(rollout.raise(step, next.max(rollout.share()), now)))
                .orElseGet(() -> RolloutStep.stay(rollout));
    }

    private static RolloutStep stop(Rollout rollout, Reason reason, Instant now) {
        if (rollout.plan().policy().onFailure() == OnFailure.ROLLBACK) {
            return RolloutStep.publish(rollout.goBack(Returning.aborting(reason), now));
        }
        return RolloutStep.publish(rollout.in(new Paused(reason), now)).finish();
    }

    @Override
    public RolloutStep on(RolloutEvent.PauseAsked event, Rollout rollout, Instant now) {
        return RolloutStep.publish(rollout.in(new Paused(event.reason()), now)).finish();
    }

    /** The one who steered it is gone, or is told so by the broker. */
    @Override
    public RolloutStep on(RolloutEvent.ResumeAsked event, Rollout rollout, Instant now) {
        return RolloutStep.publish(rollout.in(this, now));
    }

    @Override
    public RolloutStep on(RolloutEvent.AbortAsked event, Rollout rollout, Instant now) {
        return RolloutStep.publish(rollout.goBack(Returning.aborting(event.reason()), now));
    }

    @Override
    public RolloutStep on(RolloutEvent.PromoteAsked event, Rollout rollout, Instant now) {
        return RolloutStep.publish(rollout.promote(now)).finish();
    }

    @Override
    public RolloutStep on(RolloutEvent.UndoAsked event, Rollout rollout, Instant now) {
        return RolloutStep.refuse(rollout, "is not over yet: abort takes it back");
    }

    @Override
    public boolean isOver() {
        return false;
    }
}
