package io.efka.it.chaos;

import java.util.Map;
import java.util.TreeMap;

/**
 * One revision of a document, and what it makes of a device.
 *
 * @param isRemoval whether it takes away what the document brought
 * @param isEach whether only those services are taken back that fail; otherwise everything is
 * @param entries what is asked of each service, for this device
 * @param isCandidate whether the device is in the candidate's share
 */
record Revision(long number, boolean isRemoval, boolean isEach, Map<String, Wish> entries, boolean isCandidate) {
    Revision {
        entries = Map.copyOf(entries);
    }

    /**
     * What is asked of a service.
     *
     * @param release its number; 0: there is to be no such service
     * @param isGood whether it runs when it is started
     */
    record Wish(int release, boolean isGood) {
        static final Wish ABSENT = new Wish(0, true);
    }

    /**
     * What a service is.
     *
     * @param release its number; 0: it is not installed
     * @param isOwned whether it belongs to the document
     * @param isBrought whether it goes with the document as well
     */
    record Standing(int release, boolean isOwned, boolean isBrought) {
        static final Standing NOWHERE = new Standing(0, false, false);
    }

    boolean isGood() {
        return entries.values().stream().allMatch(Wish::isGood);
    }

    /** The state that its report has in the end. */
    String finalState() {
        return isGood() ? "done" : failedState();
    }

    /** The state that its report has if a service fails. */
    String failedState() {
        return isEach ? "failed" : "rolled_back";
    }

    /** What all services are when it is over, if they were {@code before} when it began. */
    Map<String, Standing> after(Map<String, Standing> before) {
        if (!isGood() && !isEach) return before;
        var after = new TreeMap<String, Standing>();
        before.forEach((service, was) -> after.put(service, after(service, was)));
        return after;
    }

    private Standing after(String service, Standing was) {
        if (isRemoval && was.isOwned() && was.isBrought()) return Standing.NOWHERE;
        Wish wish = entries.get(service);
        // It stays as it is, and belongs to nobody.
        if (wish == null) return new Standing(was.release(), false, false);
        if (!wish.isGood()) return was;
        if (wish.equals(Wish.ABSENT)) return new Standing(0, true, false);
        return new Standing(wish.release(), true, was.release() == 0 || (was.isOwned() && was.isBrought()));
    }
}
