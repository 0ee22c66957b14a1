package io.efka.fleet.rollout;

import java.time.Instant;

/** Where a rollout is. A state holds only what is true in it, and answers every event; {@code agent/docs/rollouts.md} has the table. */
sealed interface RolloutState permits Running, Paused, Succeeded, Returning, Returned {

    /** As it is written in the plan. */
    String word();

    /** As a sentence goes on behind the rollout's name: {@code is paused by ana: …}. */
    String sentence();

    RolloutStep on(RolloutEvent.Assessed event, Rollout rollout, Instant now);

    RolloutStep on(RolloutEvent.PauseAsked event, Rollout rollout, Instant now);

    RolloutStep on(RolloutEvent.ResumeAsked event, Rollout rollout, Instant now);

    RolloutStep on(RolloutEvent.AbortAsked event, Rollout rollout, Instant now);

    RolloutStep on(RolloutEvent.PromoteAsked event, Rollout rollout, Instant now);

    RolloutStep on(RolloutEvent.UndoAsked event, Rollout rollout, Instant now);

    /** Whether nothing goes on by itself any more. */
    boolean isOver();

    /**
     * Why a rollout was stopped or taken back.
     *
     * @param by an operator, or {@link #LIMITS}
     * @param text one line
     */
    record Reason(String by, String text) {
        /** Who stops a rollout that exceeds its limits. */
        static final String LIMITS = "limits";

        static Reason ofLimits(String text) {
            return new Reason(LIMITS, text);
        }

        boolean isLimits() {
            return by.equals(LIMITS);
        }

        @Override
        public String toString() {
            return "by " + (isLimits() ? "its limits" : by) + (text.isEmpty() ? "" : ": " + text);
        }
    }
}
