package io.efka.fleet.rollout;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All devices that were online are what they were before; the others will be when they come.
 *
 * @param isUndo whether the rollout had succeeded before
 * @param stuck devices that could not go back, with what they say; {@link RolloutPlan#MAX_FAILED} of them at most
 */
record Returned(boolean isUndo, Reason reason, SortedMap<String, String> stuck) implements RolloutState {
    Returned {
        var some = new TreeMap<String, String>();
        stuck.entrySet().stream().limit(RolloutPlan.MAX_FAILED).forEach(one -> some.put(one.getKey(), one.getValue()));
        stuck = Collections.unmodifiableSortedMap(some);
    }

    @Override
    public String word() {
        return isUndo ? "undone" : "aborted";
    }

    @Override
    public String sentence() {
        return "was " + word() + " " + reason;
    }

    @Override
    public RolloutStep on(RolloutEvent.Assessed event, Rollout rollout, Instant now) {
        return RolloutStep.stay(rollout).finish();
    }

    @Override
    public RolloutStep on(RolloutEvent.PauseAsked event, Rollout rollout, Instant now) {
        return refuse(rollout);
    }

    @Override
    public RolloutStep on(RolloutEvent.ResumeAsked event, Rollout rollout, Instant now) {
        return refuse(rollout);
    }

    @Override
    public RolloutStep on(RolloutEvent.AbortAsked event, Rollout rollout, Instant now) {
        return isUndo ? refuse(rollout) : RolloutStep.stay(rollout).finish();
    }

    @Override
    public RolloutStep on(RolloutEvent.PromoteAsked event, Rollout rollout, Instant now) {
        return refuse(rollout);
    }

    @Override
    public RolloutStep on(RolloutEvent.UndoAsked event, Rollout rollout, Instant now) {
        return isUndo ? RolloutStep.stay(rollout).finish() : refuse(rollout);
    }

    private RolloutStep refuse(Rollout rollout) {
        return RolloutStep.refuse(rollout, "was " + word() + " already: start it again");
    }

    @Override
    public boolean isOver() {
        return true;
    }
}
