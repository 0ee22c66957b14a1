package io.efka.agent.supervision;

import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.manifest.Manifest;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.stream.Collectors;

/** The {@code after} lists of all services. Finds cycles: services in a cycle would wait for each other for ever. */
public final class Dependencies {
    private final Map<ServiceId, List<ServiceId>> after = new HashMap<>();

    /** As the installed services say. */
    public static Dependencies of(ServiceRegistry supervision) {
        var dependencies = new Dependencies();
        for (ServiceStatus status : supervision.list()) {
            supervision.manifest(status.id()).ifPresent(dependencies::put);
        }
        return dependencies;
    }

    public void put(Manifest manifest) {
        put(manifest.id(), manifest.after());
    }

    void put(ServiceId id, List<ServiceId> others) {
        after.put(id, others);
    }

    public void remove(ServiceId id) {
        after.remove(id);
    }

    /** What is wrong with the manifest of a service that is part of a cycle. */
    public Optional<Fault> fault(ServiceId id) {
        return cycle(id)
                .map(cycle -> cycle.stream().map(ServiceId::value).collect(Collectors.joining(" -> ")))
                .map(names -> new Fault("after", names, "must not make a cycle"));
    }

    /** The shortest way from {@code start} back to itself. Breadth first: a chain may be longer than any stack. */
    private Optional<List<ServiceId>> cycle(ServiceId start) {
        var cameFrom = new HashMap<ServiceId, ServiceId>();
        Queue<ServiceId> waiting = new ArrayDeque<>(List.of(start));
        for (ServiceId at = waiting.poll(); at != null; at = waiting.poll()) {
            for (ServiceId next : after.getOrDefault(at, List.of())) {
                if (next.equals(start)) return Optional.of(closed(start, at, cameFrom));
                if (cameFrom.putIfAbsent(next, at) == null) waiting.add(next);
            }
        }
        return Optional.empty();
    }

    private static List<ServiceId> closed(ServiceId start, ServiceId last, Map<ServiceId, ServiceId> cameFrom) {
        var way = new ArrayDeque<ServiceId>(List.of(start));
        for (ServiceId at = last; at != null && !at.equals(start); at = cameFrom.get(at)) way.addFirst(at);
        way.addFirst(start);
        return List.copyOf(way);
    }
}
