package io.efka.fleet.rollout;

import com.google.gson.JsonObject;
import io.efka.fleet.rollout.GroupDocument.Candidate;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics.GroupId;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One rollout at one moment: a group's document, and the plan in it. A value: an event makes a new one.
 *
 * @param document its candidate has no plan: that is {@code plan}
 */
record Rollout(GroupId group, GroupDocument document, RolloutPlan plan) {
    /** What would delay the way back. */
    private static final List<String> DELAYS = List.of("splay", "window", "not_before", "expires_at");

    /** Kept free in a document for what a plan gets while it goes on: reasons, failed devices, counts. */
    static final int RESERVE = 2048;

    private static final MathContext SHOWN_DIGITS = new MathContext(3);

    Rollout {
        if (document.candidate().isEmpty()) throw new IllegalArgumentException("a rollout needs a candidate");
    }

    /**
     * The rollout that a document has; empty if it has none.
     *
     * @throws IllegalArgumentException saying what is wrong with its plan
     */
    static Optional<Rollout> of(GroupId group, GroupDocument document) {
        Optional<JsonObject> plan = document.candidate().flatMap(Candidate::plan);
        return plan.map(json -> {
            Candidate candidate = document.candidate().orElseThrow();
            var bare = new Candidate(candidate.share(), candidate.salt(), candidate.services(), Optional.empty());
            GroupDocument others = document.with(document.revision(), document.services(), Optional.of(bare));
            return new Rollout(group, others, PlanReader.read(json));
        });
    }

    RolloutStep on(RolloutEvent event, Instant now) {
        return event.applyTo(plan.state(), this, now);
    }

    long revision() {
        return document.revision();
    }

    Candidate candidate() {
        return document.candidate().orElseThrow();
    }

    BigDecimal share() {
        return candidate().share();
    }

    /** {@code a rollout of camera is running, 10% (step 2 of 4), begun by ana@ops}. */
    String inWords() {
        return "a rollout of " + plan.name() + " " + plan.state().sentence() + ", " + stepInWords() + ", begun by "
                + plan.origin().by();
    }

    /** The services that the candidate is about; after the end, those that it was about. */
    Set<ServiceId> services() {
        return plan.origin().previous().keySet().stream().map(ServiceId::new).collect(Collectors.toSet());
    }

    /**
     * The payload; of the failed devices only as many as fit.
     *
     * @throws IllegalArgumentException if it is too large even without them
     */
    byte[] encode() {
        int failed = plan.progress().failed().size();
        byte[] payload = encode(failed);
        while (payload.length > GroupDocument.MAX_BYTES && failed > 0) {
            failed /= 2;
            payload = encode(failed);
        }
        if (payload.length > GroupDocument.MAX_BYTES) {
            throw new IllegalArgumentException("the document of a rollout may have " + GroupDocument.MAX_BYTES
                    + " bytes, this one has " + payload.length + ": bring files as an artifact");
        }
        return payload;
    }

    private byte[] encode(int failed) {
        JsonObject json = PlanWriter.write(plan, failed);
        var whole = new Candidate(share(), candidate().salt(), candidate().services(), Optional.of(json));
        return document.with(revision(), document.services(), Optional.of(whole))
                .encode();
    }

    /** The same in another state, which devices need not know of. */
    Rollout in(RolloutState state, Instant now) {
        return new Rollout(group, document, plan.in(state, now));
    }

    /** Somebody takes over. */
    Rollout controlledBy(String by, String id) {
        return new Rollout(group, document, plan.controlledBy(by, id));
    }

    /** With what is known of the devices now. */
    Rollout with(Assessment assessment) {
        return new Rollout(group, document, plan.with(plan.progress().with(assessment), plan.updatedAt()));
    }

    /** The failures so far are accepted. */
    Rollout excusing(Instant now) {
        return new Rollout(group, document, plan.with(plan.progress().excusing(), now));
    }

    /** The next revision: a larger share, perhaps in another step. */
    Rollout raise(int step, BigDecimal share, Instant now) {
        var next = new Candidate(share, candidate().salt(), candidate().services(), Optional.empty());
        return new Rollout(
                group,
                document.with(revision() + 1, document.services(), Optional.of(next)),
                plan.with(plan.progress().at(step, share), now));
    }

    /** The next revision: the candidate becomes the services. */
    Rollout promote(Instant now) {
        JsonObject services =
                GroupDocument.merged(document.services(), candidate().services());
        int last = plan.policy().steps().size() - 1;
        RolloutPlan promoted = plan.with(plan.progress().at(last, Policy.ALL), now);
        return new Rollout(group, ended(document, services), promoted.in(new Succeeded(), now));
    }

    /** The next revision: what was before, at once. */
    Rollout goBack(Returning state, Instant now) {
        JsonObject services =
                GroupDocument.merged(document.services(), plan.origin().previous());
        JsonObject others = document.others().deepCopy();
        DELAYS.forEach(others::remove);
        return new Rollout(group, ended(document, services).withOthers(others), plan.in(state, now));
    }

    private GroupDocument ended(GroupDocument before, JsonObject services) {
        var nobody = new Candidate(BigDecimal.ZERO, candidate().salt(), new JsonObject(), Optional.empty());
        return before.with(revision() + 1, services, Optional.of(nobody));
    }

    /** {@code step 2 of 4, 10 %}. */
    String stepInWords() {
        int step = plan.progress().step() + 1;
        return "step " + step + " of " + plan.policy().steps().size() + ", " + shareInWords();
    }

    /** {@code 43.3 %}. */
    String shareInWords() {
        return share().round(SHOWN_DIGITS).stripTrailingZeros().toPlainString() + " %";
    }
}
