package io.efka.agent.state;

import java.util.Optional;

/**
 * One document put in place of the earlier one of its key, or removed.
 *
 * @param map the named map it belongs to; non-empty, without a NUL
 * @param key within the map; any text
 * @param document what to keep, usually JSON; empty: remove what is there
 */
public record Change(String map, String key, Optional<String> document) {
    public Change {
        if (map.isEmpty() || map.indexOf(Documents.SEPARATOR) >= 0) {
            throw new IllegalArgumentException("bad map name \"" + map + "\": must be non-empty and without a NUL");
        }
    }

    public static Change put(String map, String key, String document) {
        return new Change(map, key, Optional.of(document));
    }

    public static Change remove(String map, String key) {
        return new Change(map, key, Optional.empty());
    }

    /** Roughly what it takes in memory and on disk, in characters. */
    int size() {
        return map.length() + key.length() + document.map(String::length).orElse(0);
    }
}
