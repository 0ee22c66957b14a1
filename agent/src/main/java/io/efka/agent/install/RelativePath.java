package io.efka.agent.install;

import io.efka.protocol.Fault;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.manifest.ValueRules;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A path that stays inside the folder it is resolved against.
 *
 * @param value names joined by {@code /}, each one a real name: no {@code .}, no {@code ..}, no leading slash
 */
record RelativePath(String value) implements Comparable<RelativePath> {
    /** Deep enough for a service's own files, small enough for every limit of the kernel. */
    private static final int MAX_DEPTH = 16;

    /** The kernel's NAME_MAX, in bytes. */
    private static final int MAX_NAME = 255;

    RelativePath {
        String[] names = value.split("/", -1);
        if (names.length > MAX_DEPTH) throw bad(value, "must have paths of at most " + MAX_DEPTH + " levels");
        for (String name : names) {
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                throw bad(value, "must have relative paths, without empty names, . and ..");
            }
            if (!ValueRules.isPassable(name) || name.chars().anyMatch(Character::isISOControl)) {
                throw bad(value, "must have paths without control characters");
            }
            if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME) {
                throw bad(value, "must have paths with names of at most " + MAX_NAME + " bytes");
            }
        }
        requireNameable(value);
    }

    Path under(Path folder) {
        return folder.resolve(value);
    }

    /** The folders on the way to it, outermost first. */
    List<RelativePath> folders() {
        var folders = new ArrayList<RelativePath>();
        for (int slash = value.indexOf('/'); slash >= 0; slash = value.indexOf('/', slash + 1)) {
            folders.add(new RelativePath(value.substring(0, slash)));
        }
        return folders;
    }

    @Override
    public int compareTo(RelativePath other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    /** A JVM in the C locale cannot name files beyond ASCII: noticed here, not during the writing. */
    private static void requireNameable(String value) {
        try {
            var unused = Path.of(value);
        } catch (InvalidPathException e) {
            throw bad(value, "must have paths of characters that file names can have in the agent's locale");
        }
    }

    /** No such path. */
    static final class Unfit extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        private final transient Fault fault;

        private Unfit(String value, String expected) {
            super("file path " + expected + ", was " + quoted(value));
            fault = new Fault("files", quoted(value), expected);
        }

        private static String quoted(String value) {
            return '"' + JsonExcerpt.cut(value, 120) + '"';
        }

        Fault fault() {
            return fault;
        }
    }

    private static IllegalArgumentException bad(String value, String expected) {
        return new Unfit(value, expected);
    }
}
