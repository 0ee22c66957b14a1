package io.efka.fleet.rollout;

import java.time.Instant;

/**
 * All devices go back to what they were before, at once.
 *
 * @param isUndo whether the rollout had succeeded before
 */
record Returning(boolean isUndo, Reason reason) implements RolloutState {
    static Returning aborting(Reason reason) {
        return new Returning(false, reason);
    }

    static Returning undoing(Reason reason) {
        return new Returning(true, reason);
    }

    @Override
    public String word() {
        return isUndo ? "undoing" : "aborting";
    }

    @Override
    public String sentence() {
        return "goes back, " + (isUndo ? "undone " : "aborted ") + reason;
    }

    @Override
    public RolloutStep on(RolloutEvent.Assessed event, Rollout rollout, Instant now) {
        Assessment seen = event.assessment();
        if (!seen.isBack()) return RolloutStep.stay(rollout);
        var end = new Returned(isUndo, reason, seen.stuck());
        return RolloutStep.publish(rollout.in(end, now)).finish();
    }

    @Override
    public RolloutStep on(RolloutEvent.PauseAsked event, Rollout rollout, Instant now) {
        return RolloutStep.refuse(rollout, "goes back already, which cannot be paused");
    }

    @Override
    public RolloutStep on(RolloutEvent.ResumeAsked event, Rollout rollout, Instant now) {
        return RolloutStep.publish(rollout.in(this, now));
    }

    /** It waits, as the one did who asked first. */
    @Override
    public RolloutStep on(RolloutEvent.AbortAsked event, Rollout rollout, Instant now) {
        return isUndo
                ? RolloutStep.refuse(rollout, "is being undone already")
                : RolloutStep.publish(rollout.in(this, now));
    }

    @Override
    public RolloutStep on(RolloutEvent.PromoteAsked event, Rollout rollout, Instant now) {
        return RolloutStep.refuse(rollout, "goes back already: start it again when it is back");
    }

    @Override
    public RolloutStep on(RolloutEvent.UndoAsked event, Rollout rollout, Instant now) {
        return isUndo
                ? RolloutStep.publish(rollout.in(this, now))
                : RolloutStep.refuse(rollout, "is being aborted already");
    }

    @Override
    public boolean isOver() {
        return false;
    }
}
