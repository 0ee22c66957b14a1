package io.efka.agent.process.tree;

import io.efka.agent.process.cgroup.RunGroup;
import io.efka.agent.supervision.Event;
import io.efka.protocol.RunId;
import java.util.Optional;
import java.util.function.Consumer;

/** What is left of a run whose main process ended while no agent was there: it is killed, whatever it is. */
record OrphanedTree(RunId run, Optional<RunGroup> group, Consumer<Event> tell) implements TreeReaper.Watched {

    @Override
    public ProcessTreeId treeId() {
        return new ProcessTreeId(ProcessTreeId.Mark.anyOf(run), Optional.empty(), group);
    }

    @Override
    public boolean isKilling() {
        return true;
    }

    @Override
    public boolean foundEmpty() {
        group.ifPresent(RunGroup::remove);
        tell.accept(new Event.AdoptionFailed(run, "its process ended while the agent was away"));
        return true;
    }
}
