package io.efka.fleet.rollout;

import java.util.ArrayList;
import java.util.List;

/** What an event makes of a rollout, and what is to be done, in this order. */
record RolloutStep(Rollout next, List<RolloutEffect> effects) {
    RolloutStep {
        effects = List.copyOf(effects);
    }

    /** Nothing is done. */
    static RolloutStep stay(Rollout rollout) {
        return new RolloutStep(rollout, List.of());
    }

    /** It is published. */
    static RolloutStep publish(Rollout next) {
        return stay(next).then(new RolloutEffect.Publish());
    }

    static RolloutStep refuse(Rollout rollout, String why) {
        return stay(rollout).then(new RolloutEffect.Refuse(rollout.plan().name() + " " + why));
    }

    RolloutStep finish() {
        return then(new RolloutEffect.Finish());
    }

    private RolloutStep then(RolloutEffect effect) {
        var more = new ArrayList<RolloutEffect>(effects);
        more.add(effect);
        return new RolloutStep(next, more);
    }
}
