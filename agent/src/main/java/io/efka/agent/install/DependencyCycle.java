package io.efka.agent.install;

import io.efka.agent.service.ServiceId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Looks for services that wait for each other in a ring ({@code after} of their manifests): none would ever start. */
public final class DependencyCycle {
    private final Map<ServiceId, List<ServiceId>> after;
    private final Set<ServiceId> done = new HashSet<>();
    private final List<ServiceId> path = new ArrayList<>();
    private final Deque<Iterator<ServiceId>> waiting = new ArrayDeque<>();

    private DependencyCycle(Map<ServiceId, List<ServiceId>> after) {
        this.after = after;
    }

    /**
     * Finds a cycle: each service in it is after the next one, and the last after the first. The same one for the same
     * services, whatever the map's order.
     *
     * @param after what each service waits for; one that is no key waits for nothing
     */
    public static Optional<List<ServiceId>> find(Map<ServiceId, List<ServiceId>> after) {
        var search = new DependencyCycle(after);
        for (ServiceId start : new TreeSet<>(after.keySet())) {
            Optional<List<ServiceId>> cycle = search.from(start);
            if (cycle.isPresent()) return cycle;
        }
        return Optional.empty();
    }

    /** Depth first, with a stack of its own: a chain of any length must not overflow the thread's. */
    private Optional<List<ServiceId>> from(ServiceId start) {
        enter(start);
        while (!waiting.isEmpty()) {
            if (!waiting.element().hasNext()) {
                leave();
                continue;
            }
            ServiceId next = waiting.element().next();
            int seen = path.indexOf(next);
            if (seen >= 0) return Optional.of(List.copyOf(path.subList(seen, path.size())));
            enter(next);
        }
        return Optional.empty();
    }

    private void enter(ServiceId service) {
        if (done.contains(service)) return;
        path.add(service);
        waiting.push(after.getOrDefault(service, List.of()).iterator());
    }

    private void leave() {
        waiting.pop();
        done.add(path.remove(path.size() - 1));
    }
}
