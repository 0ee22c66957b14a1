package io.efka.agent.desired;

import java.time.Instant;
import java.util.Optional;

/**
 * The revision was taken, and may not begin yet.
 *
 * @param until when it may begin
 * @param busy a document that gives a service up, and is changing it just now
 */
record Waiting(Optional<Instant> until, Optional<DocumentKey> busy, Instant since) implements DocumentState.Open {
    /** It was taken just now. */
    static Waiting fresh(Instant now) {
        return new Waiting(Optional.empty(), Optional.empty(), now);
    }

    @Override
    public String visible() {
        return "waiting";
    }

    @Override
    public boolean isLike(DocumentState other) {
        return other instanceof Waiting waiting && waiting.until.equals(until) && waiting.busy.equals(busy);
    }
}
