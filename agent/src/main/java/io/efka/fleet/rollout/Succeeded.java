package io.efka.fleet.rollout;

import java.time.Instant;

/** The candidate has become what every device of the group should be. */
record Succeeded() implements RolloutState {
    private static final String OVER = "has succeeded already";

    @Override
    public String word() {
        return "succeeded";
    }

    @Override
    public String sentence() {
        return "has succeeded";
    }

    @Override
    public RolloutStep on(RolloutEvent.Assessed event, Rollout rollout, Instant now) {
        return RolloutStep.stay(rollout).finish();
    }

    @Override
    public RolloutStep on(RolloutEvent.PauseAsked event, Rollout rollout, Instant now) {
        return RolloutStep.refuse(rollout, OVER);
    }

    @Override
    public RolloutStep on(RolloutEvent.ResumeAsked event, Rollout rollout, Instant now) {
        return RolloutStep.stay(rollout).finish();
    }

    @Override
    public RolloutStep on(RolloutEvent.AbortAsked event, Rollout rollout, Instant now) {
        return RolloutStep.refuse(rollout, OVER + ": undo takes it back");
    }

    @Override
    public RolloutStep on(RolloutEvent.PromoteAsked event, Rollout rollout, Instant now) {
        return RolloutStep.stay(rollout).finish();
    }

    @Override
    public RolloutStep on(RolloutEvent.UndoAsked event, Rollout rollout, Instant now) {
        return RolloutStep.publish(rollout.goBack(Returning.undoing(event.reason()), now));
    }

    @Override
    public boolean isOver() {
        return true;
    }
}
