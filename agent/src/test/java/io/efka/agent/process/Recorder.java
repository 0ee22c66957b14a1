package io.efka.agent.process;

import io.efka.agent.supervision.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Keeps the events of one run, and waits for them. */
final class Recorder implements Consumer<Event> {
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private final List<Event> events = new ArrayList<>();

    @Override
    public synchronized void accept(Event event) {
        events.add(event);
        notifyAll();
    }

    synchronized List<Event> all() {
        return List.copyOf(events);
    }

    /** The first event of a kind, once it is there. */
    <E extends Event> E await(Class<E> kind) {
        until(() -> all().stream().anyMatch(kind::isInstance), "no " + kind.getSimpleName() + " in " + all());
        return all().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst()
                .orElseThrow();
    }

    boolean has(Class<? extends Event> kind) {
        return all().stream().anyMatch(kind::isInstance);
    }

    /** Waits until something is so. */
    static void until(BooleanSupplier condition, String otherwise) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) throw new AssertionError(otherwise);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
