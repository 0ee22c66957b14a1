package io.efka.it.chaos;

import io.efka.it.chaos.Revision.Standing;
import io.efka.it.chaos.Revision.Wish;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the services of one document may be, all of them together. Of revisions that follow each other quickly each may have been
 * carried out or passed over; of the last one the report says how it ended. Not thread-safe.
 */
final class PossibleStandings {
    /** Before the last revision. */
    private Set<Map<String, Standing>> before;

    private Set<Map<String, Standing>> now;

    /** Services that a revision since the last look removes: what is removed is not brought back by those after it. */
    private final Set<String> vanishing = new HashSet<>();

    PossibleStandings(Set<String> services) {
        now = Set.of(services.stream().collect(Collectors.toMap(service -> service, service -> Standing.NOWHERE)));
        before = now;
    }

    /** It is asked for, and may be carried out, or not. */
    void asked(Revision revision) {
        before = now;
        for (String service : vanishing) before = union(before, without(before, service));
        now = union(before, after(before, revision));
        for (String service : now.iterator().next().keySet()) {
            if (revision.isRemoval() || Wish.ABSENT.equals(revision.entries().get(service))) vanishing.add(service);
        }
    }

    /**
     * The last revision is over.
     *
     * @param state its final one
     * @param isTroubled whether the disk was full since all was known: then some of it may have been done, and some taken back
     */
    void over(Revision last, String state, boolean isTroubled) {
        if (!isTroubled) now = after(before, last);
        else if (state.equals("done")) now = after(mixed(before), last);
        else now = mixed(now);
    }

    /** The last revision is over and was not done, for no fault of the agent. */
    void notDone(Revision last) {
        now = last.isEach() ? mixed(now) : before;
    }

    /** Keeps what is so; false: what is so is none of what may be, and it is all that is known from now on. */
    boolean found(Map<String, Integer> releases) {
        vanishing.clear();
        Predicate<Map<String, Standing>> isSo = all -> all.entrySet().stream()
                .allMatch(one -> releases.get(one.getKey()) == one.getValue().release());
        Set<Map<String, Standing>> left = now.stream().filter(isSo).collect(Collectors.toSet());
        if (!left.isEmpty()) {
            now = left;
            return true;
        }
        var found = new HashSet<Map<String, Standing>>();
        for (Map<String, Standing> some : mixed(now)) {
            var one = new TreeMap<String, Standing>();
            some.forEach((service, was) ->
                    one.put(service, new Standing(releases.get(service), was.isOwned(), was.isBrought())));
            found.add(one);
        }
        now = found;
        return false;
    }

    /** Whether there may be no such service. */
    boolean mayBeMissing(String service) {
        return now.stream().anyMatch(all -> all.get(service).release() == 0);
    }

    private static Set<Map<String, Standing>> after(Set<Map<String, Standing>> before, Revision revision) {
        return before.stream().map(revision::after).collect(Collectors.toSet());
    }

    private static Set<Map<String, Standing>> without(Set<Map<String, Standing>> all, String service) {
        var without = new HashSet<Map<String, Standing>>();
        for (Map<String, Standing> one : all) {
            var gone = new TreeMap<String, Standing>(one);
            Standing was = one.get(service);
            gone.put(service, new Standing(0, was.isOwned(), was.isBrought()));
            without.add(gone);
        }
        return without;
    }

    private static Set<Map<String, Standing>> union(Set<Map<String, Standing>> one, Set<Map<String, Standing>> other) {
        var both = new HashSet<Map<String, Standing>>(one);
        both.addAll(other);
        return both;
    }

    /** Every service may be what it is in any of them. */
    private static Set<Map<String, Standing>> mixed(Set<Map<String, Standing>> all) {
        Set<Map<String, Standing>> mixed = Set.of(Map.of());
        for (String service : all.iterator().next().keySet()) {
            var longer = new HashSet<Map<String, Standing>>();
            for (Map<String, Standing> part : mixed) {
                for (Map<String, Standing> one : all) {
                    var more = new TreeMap<String, Standing>(part);
                    more.put(service, one.get(service));
                    longer.add(more);
                }
            }
            mixed = longer;
        }
        return mixed;
    }

    @Override
    public String toString() {
        return now.toString();
    }
}
