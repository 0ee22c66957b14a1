package io.efka.fleet.rollout;

import java.time.Instant;

/** It stays where it is: devices of the share keep the candidate, also those that come later. */
record Paused(Reason reason) implements RolloutState {
    @Override
    public String word() {
        return "paused";
    }

    @Override
    public String sentence() {
        return "is paused " + reason;
    }

    @Override
    public RolloutStep on(RolloutEvent.Assessed event, Rollout rollout, Instant now) {
        return RolloutStep.stay(rollout.with(event.assessment()));
    }

    @Override
    public RolloutStep on(RolloutEvent.PauseAsked event, Rollout rollout, Instant now) {
        return RolloutStep.stay(rollout).finish();
    }

    /** Whoever goes on after failures has seen them, and accepts them. */
    @Override
    public RolloutStep on(RolloutEvent.ResumeAsked event, Rollout rollout, Instant now) {
        return RolloutStep.publish(rollout.excusing(now).in(new Running(), now));
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
