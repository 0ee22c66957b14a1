package io.efka.fleet.rollout;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a rollout stands, judged from all devices of the group.
 *
 * @param failed all failed devices, with what they say
 * @param online devices of the group
 * @param broken devices that are of no use because of the candidate, or may be: they fail, or were lost while they got it
 * @param unwell devices that have the candidate and do not work, as do others that have it not: nobody is blamed
 * @param updating devices that were online when the share was raised, and are neither done nor failed
 * @param settling those, and devices that are done and not yet well for long enough
 * @param goingBack devices that are online, and not yet what they were before
 * @param stuck devices that cannot go back, with what they say
 * @param outsiders devices that are not in the share, in the order in which they will be
 */
record Assessment(
        Counts counts,
        SortedMap<String, String> failed,
        int online,
        int broken,
        int unwell,
        List<String> updating,
        List<String> settling,
        List<String> goingBack,
        SortedMap<String, String> stuck,
        List<Outsider> outsiders) {

    Assessment {
        failed = Collections.unmodifiableSortedMap(new TreeMap<>(failed));
        updating = List.copyOf(updating);
        settling = List.copyOf(settling);
        goingBack = List.copyOf(goingBack);
        stuck = Collections.unmodifiableSortedMap(new TreeMap<>(stuck));
        outsiders = List.copyOf(outsiders);
    }

    /**
     * A device that is not in the share.
     *
     * @param percent the smallest share that holds it
     */
    record Outsider(BigDecimal percent, boolean isOnline) {}

    /**
     * Why the rollout must not go on; empty: it may.
     *
     * @param excused failures that an operator has accepted
     */
    Optional<String> breach(Policy policy, int excused) {
        int more = counts.failed() - excused;
        if (more <= 0) return Optional.empty();
        Limit limit = policy.maxFailures();
        boolean isSample = !limit.isPercent() || counts.answered() >= policy.minSample();
        if (isSample && limit.isExceededBy(more, counts.takingPart())) {
            return Optional.of(devices(counts.failed()) + " of " + counts.takingPart() + " failed"
                    + (excused > 0 ? ", " + excused + " of them accepted before" : "") + "; at most " + limit
                    + " may");
        }
        if (room(policy, excused) < 0 || isStuck(policy, excused)) {
            return Optional.of(devices(broken) + " of " + online + " that are online cannot be used; at most "
                    + policy.maxUnavailable() + " may be unavailable");
        }
        // A percentage says nothing of the first few; that none of them works does.
        boolean isAllFailed = counts.done() == 0 && settling.isEmpty() && unwell == 0;
        return isAllFailed ? Optional.of("no device works with it, " + counts.failed() + " failed") : Optional.empty();
    }

    private static String devices(int count) {
        return count == 1 ? "1 device" : count + " devices";
    }

    private int maxUnavailable(Policy policy) {
        return Math.max(1, policy.maxUnavailable().allowed(online));
    }

    /** How many more devices may be unavailable. */
    private int room(Policy policy, int excused) {
        return maxUnavailable(policy) - Math.max(0, broken - excused);
    }

    /** Whether there is no room for the next device, and none is going to be. */
    private boolean isStuck(Policy policy, int excused) {
        return room(policy, excused) == 0
                && updating.isEmpty()
                && unwell == 0
                && outsiders.stream().anyMatch(Outsider::isOnline);
    }

    /** Whether all that the share was raised for last have said what became of it. */
    boolean isWaveDone() {
        return updating.isEmpty();
    }

    /** Whether all devices of the step that were online at its beginning have failed, or are well for long enough. */
    boolean isSettled() {
        return settling.isEmpty() && unwell == 0;
    }

    /** Whether a device has shown that the candidate works. */
    boolean isProven() {
        return counts.done() > 0;
    }

    /** The first step from {@code step} on that adds a device to the share; the last one if none does. */
    int nextStep(Policy policy, int step) {
        int next = step;
        while (!policy.isLast(next) && !addsTo(policy.steps().get(next))) next++;
        return next;
    }

    private boolean addsTo(BigDecimal share) {
        return !outsiders.isEmpty() && outsiders.get(0).percent().compareTo(share) <= 0;
    }

    /**
     * The largest share up to {@code target} with which not too many devices are unavailable at once.
     *
     * @param excused failures that an operator has accepted
     * @return empty: none may be updated now
     */
    Optional<BigDecimal> nextShare(Policy policy, int excused, BigDecimal target) {
        int room = room(policy, excused) - unwell - updating.size();
        BigDecimal share = BigDecimal.ZERO;
        for (Outsider outsider : outsiders) {
            if (outsider.percent().compareTo(target) > 0) break;
            if (outsider.isOnline() && room-- <= 0) {
                return Optional.of(share).filter(some -> some.signum() > 0);
            }
            share = outsider.percent();
        }
        return Optional.of(target);
    }

    /** Whether all devices that are online are what they were before, or cannot be. */
    boolean isBack() {
        return goingBack.isEmpty();
    }
}
