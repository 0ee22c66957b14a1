package io.efka.agent.release;

import java.util.ArrayList;
import java.util.List;

/** What a deploy decides: how it stands next, and what is done once that is on disk, in this order. */
record DeployStep(Deploy next, List<DeployEffect> effects) {
    DeployStep {
        effects = List.copyOf(effects);
    }

    DeployStep then(DeployEffect effect) {
        var more = new ArrayList<DeployEffect>(effects);
        more.add(effect);
        return new DeployStep(next, more);
    }
}
