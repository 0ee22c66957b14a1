package io.efka.agent.desired;

import io.efka.protocol.ServiceId;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Some services belong to other documents. Nothing is applied until these give them up.
 *
 * @param with which document has which service
 */
record Conflict(SortedMap<ServiceId, DocumentKey> with, Instant since) implements DocumentState.Open {
    /** Services that are named in a message; the report has all. */
    private static final int MAX_NAMED = 16;

    Conflict {
        with = Collections.unmodifiableSortedMap(new TreeMap<>(with));
    }

    @Override
    public String visible() {
        return "conflict";
    }

    @Override
    public boolean isLike(DocumentState other) {
        return other instanceof Conflict conflict && conflict.with.equals(with);
    }

    @Override
    public Optional<Problem> problem() {
        String whose = with.entrySet().stream()
                .limit(MAX_NAMED)
                .map(one -> one.getKey() + " belongs to the document " + one.getValue())
                .collect(Collectors.joining(", "));
        String more = with.size() > MAX_NAMED ? ", and " + (with.size() - MAX_NAMED) + " more to others" : "";
        return Optional.of(new Problem(
                "conflict", whose + more + ": nothing is applied until that one no longer names it, or is removed"));
    }
}
