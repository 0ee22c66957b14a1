package io.efka.agent.supervision;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Requests that are answered later.
 *
 * @param starts until the service is ready
 * @param stops until its process tree is gone
 */
record Waiters(List<Request> starts, List<Request> stops) {
    /** More are refused; a person sends a handful, so this is a program gone wild. */
    static final int MAX = 64;

    static final Waiters NONE = new Waiters(List.of(), List.of());

    Waiters {
        starts = List.copyOf(starts);
        stops = List.copyOf(stops);
    }

    /** With one more; empty when there is no room. */
    Optional<Waiters> withStart(Request request) {
        return plus(starts, request).map(more -> new Waiters(more, stops));
    }

    Optional<Waiters> withStop(Request request) {
        return plus(stops, request).map(more -> new Waiters(starts, more));
    }

    Waiters withoutStarts() {
        return new Waiters(List.of(), stops);
    }

    Waiters withoutStops() {
        return new Waiters(starts, List.of());
    }

    private Optional<List<Request>> plus(List<Request> requests, Request request) {
        if (starts.size() + stops.size() >= MAX) return Optional.empty();
        var more = new ArrayList<Request>(requests);
        more.add(request);
        return Optional.of(more);
    }
}
