package io.efka.agent.supervision;

import io.efka.agent.supervision.Service.Waiters;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What follows from an event: the service as it is next, and what to do about it, in order. A value: nothing has
 * happened yet.
 */
record Step(Service next, List<Effect> effects) {
    Step {
        effects = List.copyOf(effects);
    }

    /** The same effects on another service value. */
    Step with(Service changed) {
        return new Step(changed, effects);
    }

    Step then(Effect effect) {
        var more = new ArrayList<Effect>(effects);
        more.add(effect);
        return new Step(next, more);
    }

    /** The same, after {@code earlier}. */
    Step thenFirst(List<? extends Effect> earlier) {
        var all = new ArrayList<Effect>(earlier);
        all.addAll(effects);
        return new Step(next, all);
    }

    Step thenAll(List<? extends Effect> further) {
        var more = new ArrayList<Effect>(effects);
        more.addAll(further);
        return new Step(next, more);
    }

    Step done(Request request) {
        return then(new Effect.Answer(request, Optional.empty()));
    }

    Step reject(Request request, ErrorCode reason, String message) {
        return then(new Effect.Answer(request, Optional.of(new Effect.Rejection(reason, message))));
    }

    /** Takes the request among those who wait for the service to run, or answers now: full, or it does not wait. */
    Step awaitStart(Request request) {
        return await(request, next.waiters().withStart(request));
    }

    /** Takes the request among those who wait for the service to be gone. */
    Step awaitStop(Request request) {
        return await(request, next.waiters().withStop(request));
    }

    private Step await(Request request, Optional<Waiters> joined) {
        if (!request.waits()) return done(request);
        if (joined.isEmpty()) {
            return reject(request, ErrorCode.BUSY, Waiters.MAX + " commands wait for " + next.id() + " already");
        }
        return with(next.waiters(joined.get()));
    }

    /** Those who wait for the start hear that it is done. */
    Step startsDone() {
        Step step = this;
        for (Request request : next.waiters().starts()) step = step.done(request);
        return step.with(step.next.waiters(step.next.waiters().withoutStarts()));
    }

    /** Those who wait for the start hear why it came to nothing. */
    Step startsRejected(ErrorCode reason, String message) {
        Step step = this;
        for (Request request : next.waiters().starts()) step = step.reject(request, reason, message);
        return step.with(step.next.waiters(step.next.waiters().withoutStarts()));
    }

    /** Those who wait for the end hear that it is done. */
    Step stopsDone() {
        Step step = this;
        for (Request request : next.waiters().stops()) step = step.done(request);
        return step.with(step.next.waiters(step.next.waiters().withoutStops()));
    }

    Step stopsRejected(ErrorCode reason, String message) {
        Step step = this;
        for (Request request : next.waiters().stops()) step = step.reject(request, reason, message);
        return step.with(step.next.waiters(step.next.waiters().withoutStops()));
    }

    /** Everybody who waits hears that something else came first. */
    Step interruptAll(String why) {
        return startsRejected(ErrorCode.INTERRUPTED, why).stopsRejected(ErrorCode.INTERRUPTED, why);
    }

    /** The time, chance and ids that a decision may use: all that is not in the service itself. */
    record DecisionContext(Instant now, RandomGenerator random, Supplier<RunId> runIds) {}
}
