package io.efka.agent.desired;

import io.efka.protocol.ServiceId;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a document asks of a device as it is now.
 *
 * @param todo services that differ from what was applied last
 * @param conflicts services that belong to another document, and stay with it
 * @param busy a document that gives a service up, and is changing it just now
 * @param begin when it may begin
 * @param expiresAt when it must have begun
 */
record Plan(
        SortedMap<ServiceId, Todo> todo,
        SortedMap<ServiceId, DocumentKey> conflicts,
        Optional<DocumentKey> busy,
        Instant begin,
        Optional<Instant> expiresAt) {
    Plan {
        todo = Collections.unmodifiableSortedMap(new TreeMap<>(todo));
        conflicts = Collections.unmodifiableSortedMap(new TreeMap<>(conflicts));
    }

    /** What is to be done with a service. */
    enum Todo {
        CHANGE,
        REMOVE
    }

    /** The same without an end. */
    Plan inTime() {
        return new Plan(todo, conflicts, busy, begin, Optional.empty());
    }

    /** The same when services are removed, or being removed: those that are asked for are to be installed again. */
    Plan again(Set<ServiceId> removed, Map<ServiceId, Entry> entries) {
        var more = new TreeMap<ServiceId, Todo>(todo);
        entries.values().stream()
                .filter(entry -> removed.contains(entry.service()) && !entry.isAbsent())
                .forEach(entry -> more.putIfAbsent(entry.service(), Todo.CHANGE));
        return new Plan(more, conflicts, busy, begin, expiresAt);
    }

    boolean isExpired(Instant now) {
        return expiresAt
                .filter(end -> !now.isBefore(end) || !begin.isBefore(end))
                .isPresent();
    }
}
