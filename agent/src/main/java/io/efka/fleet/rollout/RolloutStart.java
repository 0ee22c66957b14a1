package io.efka.fleet.rollout;

import com.google.gson.JsonObject;
import io.efka.fleet.rollout.GroupDocument.Candidate;
import io.efka.fleet.rollout.RolloutPlan.Controller;
import io.efka.fleet.rollout.RolloutPlan.Origin;
import io.efka.fleet.rollout.RolloutPlan.Progress;
import io.efka.protocol.Topics.GroupId;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What an operator asks for who starts a rollout.
 *
 * @param file the services that devices are to get
 * @param before what devices have that do not get them, and what they go back to: entries that the document has not yet; empty: none
 * @param salt mixes the fleet; empty: differently for each rollout
 */
record RolloutStart(
        GroupId group,
        String name,
        RolloutFile file,
        Optional<RolloutFile> before,
        Policy policy,
        Optional<String> salt) {

    private static final int MAX_SALT = 128;

    RolloutStart {
        if (salt.filter(text -> text.isEmpty() || text.length() > MAX_SALT).isPresent()) {
            throw new IllegalArgumentException("the salt must be 1-" + MAX_SALT + " characters, was "
                    + salt.get().length());
        }
    }

    /** It cannot be started now. */
    static final class NotNowException extends Exception {
        private static final long serialVersionUID = 1L;

        /** Whether another rollout is in the way, and not what was asked for. */
        private final boolean isBusy;

        NotNowException(boolean isBusy, String message) {
            super(message);
            this.isBusy = isBusy;
        }

        boolean isBusy() {
            return isBusy;
        }
    }

    /**
     * The rollout before its first step: its share is 0, and it is not published yet.
     *
     * @param present the document as it is
     * @param newest the highest revision that a device has reported, or 0: devices remember it, whatever the broker has lost
     * @param installed the services of the file that a device of the group has
     * @param by the operator
     * @param id of the command
     * @throws IllegalArgumentException if the document becomes too large
     */
    Rollout begin(GroupDocument present, long newest, Set<String> installed, String by, String id, Instant now)
            throws NotNowException {
        long revision = Math.max(present.revision(), newest);
        long epoch = requireFree(present);
        JsonObject services = before.map(known -> GroupDocument.merged(known.services(), present.services()))
                .orElse(present.services());
        var candidate = new Candidate(
                BigDecimal.ZERO, salt.orElse(name + "-" + (revision + 1)), file.services(), Optional.empty());
        var document = new GroupDocument(
                revision, services, GroupDocument.merged(present.others(), file.others()), Optional.of(candidate));
        var plan = new RolloutPlan(
                name,
                policy,
                new Origin(by, now, revision + 1, previous(services, installed)),
                Progress.NONE,
                new Running(),
                new Controller(by, id, epoch + 1),
                now,
                new JsonObject());
        return requireSmall(new Rollout(group, document, plan));
    }

    private static Rollout requireSmall(Rollout rollout) {
        int bytes = rollout.encode().length;
        if (bytes + Rollout.RESERVE > GroupDocument.MAX_BYTES) {
            throw new IllegalArgumentException("the document would have " + bytes + " bytes; it may have "
                    + (GroupDocument.MAX_BYTES - Rollout.RESERVE) + ": bring files as an artifact");
        }
        return rollout;
    }

    /** @return the epoch of the rollout before */
    private long requireFree(GroupDocument present) throws NotNowException {
        Optional<Rollout> running = Rollout.of(group, present);
        if (running.isPresent()) {
            Rollout other = running.get();
            if (!other.plan().state().isOver()) {
                throw new NotNowException(true, other.inWords() + ": resume, promote or abort it first");
            }
            return other.plan().controller().epoch();
        }
        boolean isByHand = present.candidate()
                .filter(candidate -> candidate.share().signum() > 0)
                .isPresent();
        if (isByHand) {
            throw new NotNowException(
                    true,
                    "the document " + name + " has a candidate that no rollout steers: end it first, with share 0");
        }
        return 0;
    }

    /** What each service of the file is before. A service that no device has is removed again on the way back. */
    private JsonObject previous(JsonObject services, Set<String> installed) throws NotNowException {
        var previous = new JsonObject();
        for (String service : file.services().keySet()) {
            if (services.has(service)) {
                previous.add(service, services.get(service));
            } else if (installed.contains(service)) {
                throw new NotNowException(
                        false,
                        "devices have " + service + ", and the document " + name
                                + " does not say what they go back to: give --before FILE with its entry, such as"
                                + " {\"services\":{\"" + service + "\":{\"release\":\"1.4.2\"}}}");
            } else {
                var absent = new JsonObject();
                absent.addProperty("absent", true);
                previous.add(service, absent);
            }
        }
        return previous;
    }
}
