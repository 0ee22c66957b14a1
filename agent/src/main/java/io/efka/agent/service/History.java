package io.efka.agent.service;

import java.time.Instant;
import java.util.List;

/**
 * What is remembered of a service's failures, to decide when it is started again.
 *
 * @param failures when it failed, oldest first; at most {@link #MAX_FAILURES}
 * @param consecutive short runs and failed launches in a row
 * @param restarts automatic restarts since the last start by command or reset
 */
public record History(List<Instant> failures, int consecutive, int restarts) {
    /** More are not remembered: a {@code limit} above it could not be counted, so the manifest allows no higher one. */
    public static final int MAX_FAILURES = 1000;

    /** Nothing has failed yet. */
    public static final History CLEAN = new History(List.of(), 0, 0);

    public History {
        failures = List.copyOf(failures);
    }
}
