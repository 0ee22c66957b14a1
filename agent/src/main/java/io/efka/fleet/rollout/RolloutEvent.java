package io.efka.fleet.rollout;

import io.efka.fleet.rollout.RolloutState.Reason;
import java.time.Instant;

/** What happens to a rollout. */
sealed interface RolloutEvent {
    RolloutStep applyTo(RolloutState state, Rollout rollout, Instant now);

    /** Something was heard of the devices, or time has passed. */
    record Assessed(Assessment assessment) implements RolloutEvent {
        @Override
        public RolloutStep applyTo(RolloutState state, Rollout rollout, Instant now) {
            return state.on(this, rollout, now);
        }
    }

    /** An operator wants it to stop where it is. */
    record PauseAsked(Reason reason) implements RolloutEvent {
        @Override
        public RolloutStep applyTo(RolloutState state, Rollout rollout, Instant now) {
            return state.on(this, rollout, now);
        }
    }

    /** An operator wants it to go on, and takes it over. */
    record ResumeAsked() implements RolloutEvent {
        @Override
        public RolloutStep applyTo(RolloutState state, Rollout rollout, Instant now) {
            return state.on(this, rollout, now);
        }
    }

    /** An operator wants everything as it was before it began. */
    record AbortAsked(Reason reason) implements RolloutEvent {
        @Override
        public RolloutStep applyTo(RolloutState state, Rollout rollout, Instant now) {
            return state.on(this, rollout, now);
        }
    }

    /** An operator wants all devices to get the candidate now, whatever is left of the steps. */
    record PromoteAsked() implements RolloutEvent {
        @Override
        public RolloutStep applyTo(RolloutState state, Rollout rollout, Instant now) {
            return state.on(this, rollout, now);
        }
    }

    /** An operator wants everything as it was before a rollout that is over. */
    record UndoAsked(Reason reason) implements RolloutEvent {
        @Override
        public RolloutStep applyTo(RolloutState state, Rollout rollout, Instant now) {
            return state.on(this, rollout, now);
        }
    }
}
