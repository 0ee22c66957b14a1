package io.efka.agent.state;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All named maps in one sorted map, as a checkpoint has them: the key is the map's name, a NUL and the key within it.
 * Not thread-safe.
 */
final class Documents {
    static final char SEPARATOR = '\0';

    private final TreeMap<String, String> byPath;

    Documents() {
        this.byPath = new TreeMap<>();
    }

    private Documents(SortedMap<String, String> byPath) {
        this.byPath = new TreeMap<>(byPath);
    }

    static Documents of(SortedMap<String, String> byPath) {
        return new Documents(byPath);
    }

    /** The place of one document among all. */
    static String path(Change change) {
        return change.map() + SEPARATOR + change.key();
    }

    void apply(Collection<Change> changes) {
        for (Change change : changes) {
            change.document()
                    .ifPresentOrElse(document -> byPath.put(path(change), document), () -> byPath.remove(path(change)));
        }
    }

    /** One map, by key; a copy. */
    Map<String, String> map(String name) {
        String from = name + SEPARATOR;
        var found = new LinkedHashMap<String, String>();
        byPath.subMap(from, name + (char) (SEPARATOR + 1))
                .forEach((path, document) -> found.put(path.substring(from.length()), document));
        return found;
    }

    /** All of it as it is now; later changes do not show. Takes well under a millisecond for thousands. */
    SortedMap<String, String> snapshot() {
        return new TreeMap<>(byPath);
    }
}
