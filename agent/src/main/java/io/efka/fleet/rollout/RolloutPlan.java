package io.efka.fleet.rollout;

import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a document says of its rollout in {@code candidate.plan}: all that another operator needs to take it over.
 *
 * @param name of the rollout and of its document
 * @param updatedAt when this was written, by the clock of the controller
 * @param unknown keys of a newer version, which are kept; read-only
 */
record RolloutPlan(
        String name,
        Policy policy,
        Origin origin,
        Progress progress,
        RolloutState state,
        Controller controller,
        Instant updatedAt,
        JsonObject unknown) {

    /** More would make the document large; the devices' reports have all. */
    static final int MAX_FAILED = 100;

    RolloutPlan {
        unknown = unknown.deepCopy();
    }

    /**
     * How it began.
     *
     * @param by the operator who started it
     * @param firstRevision the first revision of the document that is of this rollout
     * @param previous what services are after an abort or an undo, by service id; read-only
     */
    record Origin(String by, Instant at, long firstRevision, JsonObject previous) {
        Origin {
            previous = previous.deepCopy();
        }
    }

    /**
     * How far it is.
     *
     * @param step index of the step in the policy
     * @param reached the largest share that was ever published, in percent
     * @param failed what failed devices say, by device; {@link #MAX_FAILED} of them at most
     * @param excused how many failures an operator has accepted by going on after them
     */
    record Progress(int step, BigDecimal reached, Counts counts, SortedMap<String, String> failed, int excused) {
        Progress {
            var some = new TreeMap<String, String>();
            failed.entrySet().stream().limit(MAX_FAILED).forEach(one -> some.put(one.getKey(), one.getValue()));
            failed = Collections.unmodifiableSortedMap(some);
        }

        static final Progress NONE = new Progress(0, BigDecimal.ZERO, Counts.NONE, Collections.emptySortedMap(), 0);

        Progress at(int nextStep, BigDecimal share) {
            return new Progress(nextStep, share.max(reached), counts, failed, excused);
        }

        Progress with(Assessment assessment) {
            return new Progress(step, reached, assessment.counts(), assessment.failed(), excused);
        }

        Progress excusing() {
            return new Progress(step, reached, counts, failed, counts.failed());
        }
    }

    /**
     * Who steers it.
     *
     * @param by the operator, such as {@code ana@ops}
     * @param id of the command that steers it, different for each
     * @param epoch grows whenever somebody takes over
     */
    record Controller(String by, String id, long epoch) {}

    /** The share of the present step. */
    BigDecimal target() {
        return policy.steps().get(progress.step());
    }

    RolloutPlan in(RolloutState next, Instant now) {
        return new RolloutPlan(name, policy, origin, progress, next, controller, now, unknown);
    }

    RolloutPlan with(Progress next, Instant now) {
        return new RolloutPlan(name, policy, origin, next, state, controller, now, unknown);
    }

    /** Somebody takes over. */
    RolloutPlan controlledBy(String by, String id) {
        var next = new Controller(by, id, controller.epoch() + 1);
        return new RolloutPlan(name, policy, origin, progress, state, next, updatedAt, unknown);
    }
}
