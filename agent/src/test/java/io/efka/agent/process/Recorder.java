package io.efka.agent.process;

import io.efka.agent.supervision.Event;
import io.efka.fixtures.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Records the events of one run, and waits for them. */
final class Recorder implements Consumer<Event> {
    private final List<Event> events = new ArrayList<>();

    @Override
    public synchronized void accept(Event event) {
        events.add(event);
    }

    synchronized List<Event> all() {
        return List.copyOf(events);
    }

    /** The first event of a kind, once it is there. */
    <E extends Event> E await(Class<E> kind) {
        return Await.value(
                () -> kind.getSimpleName() + " in " + all(),
                Await.LIMIT,
                () -> all().stream().filter(kind::isInstance).map(kind::cast).findFirst());
    }

    boolean has(Class<? extends Event> kind) {
        return all().stream().anyMatch(kind::isInstance);
    }
}
