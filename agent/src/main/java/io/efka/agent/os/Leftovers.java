package io.efka.agent.os;

import io.efka.agent.service.Event;
import io.efka.agent.service.RunId;
import java.util.Optional;
import java.util.function.Consumer;

/** What is left of a run whose main process ended while no agent was there: it is killed, whatever it is. */
record Leftovers(RunId run, Optional<RunGroup> group, Consumer<Event> tell) implements TreeWatch.Watched {

    @Override
    public Kin kin() {
        return new Kin(Kin.Mark.anyOf(run), Optional.empty(), group);
    }

    @Override
    public boolean isToBeKilled() {
        return true;
    }

    @Override
    public boolean seenEmpty() {
        group.ifPresent(RunGroup::remove);
        tell.accept(new Event.AdoptionFailed(run, "its process ended while the agent was away"));
        return true;
    }
}
