package io.efka.fleet.cli;

import io.efka.fleet.view.Document;
import io.efka.fleet.view.FleetView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** What has changed in a list since it was last looked at. Used by one thread. */
final class ListChanges {
    private final SortedMap<String, Seen> known = new TreeMap<>();
    private final Function<ListRow, List<String>> look;

    private record Seen(ListRow row, List<String> look) {}

    enum Kind {
        /** It is new, or says something else. */
        CHANGED,
        /** It is there, but is not what was asked for any more. */
        LEFT,
        /** Nothing is retained of it any more: it was removed. */
        GONE
    }

    /** @param row as it is now; of what is gone, as it was */
    record Change(Kind kind, ListRow row) {}

    /**
     * @param rows the list as it was shown
     * @param look what is shown of a row: one that looks as before has not changed
     */
    ListChanges(Collection<ListRow> rows, Function<ListRow, List<String>> look) {
        this.look = look;
        rows.forEach(row -> known.put(row.name(), seen(row)));
    }

    private Seen seen(ListRow row) {
        return new Seen(row, List.copyOf(look.apply(row)));
    }

    /**
     * What is new, different or gone, in this order.
     *
     * @param rows the list as it is now
     * @param view all that is known
     */
    List<Change> update(Collection<ListRow> rows, FleetView view) {
        var changes = new ArrayList<Change>();
        var left = new HashSet<>(known.keySet());
        for (ListRow row : rows) {
            // Its services may be there a little longer than the device's own status.
            if (!isThere(row)) continue;
            left.remove(row.name());
            Optional<Seen> before = Optional.ofNullable(known.get(row.name()));
            if (before.filter(old -> isSame(old.row().status(), row.status())).isPresent()) continue;
            Seen now = seen(row);
            known.put(row.name(), now);
            if (before.filter(old -> old.look().equals(now.look())).isEmpty()) {
                changes.add(new Change(Kind.CHANGED, row));
            }
        }
        for (String name : left.stream().sorted().toList()) {
            Optional<ListRow> before = Optional.ofNullable(known.remove(name)).map(Seen::row);
            before.filter(ListChanges::isThere)
                    .map(old -> now(old, view)
                            .map(row -> new Change(Kind.LEFT, row))
                            .orElse(new Change(Kind.GONE, old)))
                    .ifPresent(changes::add);
        }
        return changes;
    }

    /** A status that is the same object is compared at once. */
    private static boolean isSame(Document one, Document other) {
        return one.json() == other.json() || one.equals(other);
    }

    /** A device of which only services are known is not there. */
    private static boolean isThere(ListRow row) {
        return !row.status().equals(Document.EMPTY);
    }

    private static Optional<ListRow> now(ListRow row, FleetView view) {
        return view.device(row.device().id())
                .flatMap(device -> row.service().isEmpty()
                        ? Optional.of(ListRow.of(device))
                        : Optional.ofNullable(device.services()
                                        .get(row.service().get().id()))
                                .map(ListRow::of))
                .filter(ListChanges::isThere);
    }
}
