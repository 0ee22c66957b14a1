package io.efka.agent.command;

import io.efka.agent.service.Fault;
import io.efka.agent.service.Manifest;
import io.efka.agent.service.ServiceId;
import io.efka.agent.service.ServiceStatus;
import io.efka.agent.service.Supervision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who waits for whom: finds services that would wait for each other for ever. */
final class Dependencies {
    private final Map<ServiceId, List<ServiceId>> after = new HashMap<>();

    /** As the installed services say. */
    static Dependencies of(Supervision supervision) {
        var dependencies = new Dependencies();
        for (ServiceStatus status : supervision.list()) {
            supervision.manifest(status.id()).ifPresent(dependencies::put);
        }
        return dependencies;
    }

    void put(Manifest manifest) {
        after.put(manifest.id(), manifest.after());
    }

    void remove(ServiceId id) {
        after.remove(id);
    }

    /** The fault of a manifest that would be part of a cycle, if it would. */
    Optional<Fault> fault(ServiceId id) {
        return cycle(id).map(cycle -> new Fault("after", String.join(" -> ", names(cycle)), "must not make a cycle"));
    }

    /** From {@code start} back to itself. */
    private Optional<List<ServiceId>> cycle(ServiceId start) {
        var way = new LinkedHashSet<ServiceId>();
        return leadsBack(start, start, way, new HashSet<>()) ? Optional.of(closed(way, start)) : Optional.empty();
    }

    // As deep as the longest chain of services of one device; each is looked at once.
    private boolean leadsBack(ServiceId start, ServiceId at, Set<ServiceId> way, Set<ServiceId> seen) {
        way.add(at);
        for (ServiceId next : after.getOrDefault(at, List.of())) {
            if (next.equals(start)) return true;
            if (seen.add(next) && leadsBack(start, next, way, seen)) return true;
        }
        way.remove(at);
        return false;
    }

    private static List<ServiceId> closed(Set<ServiceId> way, ServiceId start) {
        var closed = new ArrayList<ServiceId>(way);
        closed.add(start);
        return closed;
    }

    private static List<String> names(List<ServiceId> ids) {
        return ids.stream().map(ServiceId::value).toList();
    }
}
