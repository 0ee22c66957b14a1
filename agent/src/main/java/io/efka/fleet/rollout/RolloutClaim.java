package io.efka.fleet.rollout;

import io.efka.fleet.view.Document;
import io.efka.protocol.Topics.GroupId;
import java.util.Optional;

/**
 * That a rollout has a document in hand.
 *
 * @param isOver whether the rollout has ended, and its plan only tells of it
 * @param sentence who has it, and how far it is
 */
public record RolloutClaim(boolean isOver, String sentence) {
    /** The claim on a document; empty if there is none. One that cannot be read counts: it may be of a later version. */
    public static Optional<RolloutClaim> of(byte[] payload) {
        boolean hasPlan = Document.parse(payload)
                .map(document -> document.object("candidate").object("plan"))
                .filter(plan -> plan.json().size() > 0)
                .isPresent();
        if (!hasPlan) return Optional.empty();
        try {
            return Rollout.of(GroupId.ALL, GroupDocument.parse(payload))
                    .map(rollout -> new RolloutClaim(rollout.plan().state().isOver(), rollout.inWords()));
        } catch (IllegalArgumentException e) {
            return Optional.of(new RolloutClaim(
                    false, "a rollout steers it, whose plan this efka cannot read: " + e.getMessage()));
        }
    }
}
