package io.efka.protocol.manifest;

import io.efka.protocol.Spelling;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Guesses which key somebody meant who wrote one that is not known. */
final class KeyAdvice {
    /** Longer ones resemble none of ours; also bounds the work. */
    private static final int MAX_LENGTH = 32;

    private KeyAdvice() {}

    /** The path of the key most like {@code name} in its section; failing that, the same name elsewhere. */
    static Optional<String> nearest(String section, String name) {
        if (name.length() > MAX_LENGTH) return Optional.empty();
        String written = name.toLowerCase(Locale.ROOT);
        return paths().stream()
                .filter(path -> section(path).equals(section))
                .filter(path -> isLike(written, last(path)))
                .min(Comparator.comparingInt(path -> Spelling.slips(written, last(path))))
                .or(() -> elsewhere(written));
    }

    private static Optional<String> elsewhere(String name) {
        return paths().stream().filter(path -> last(path).equals(name)).findFirst();
    }

    /** A third of its letters may be wrong: two in "policy", one in "env". */
    private static boolean isLike(String written, String known) {
        return Spelling.slips(written, known) <= Math.max(1, known.length() / 3);
    }

    private static Set<String> paths() {
        var paths = new LinkedHashSet<String>();
        for (ManifestKey<?> key : ManifestSchema.ALL) {
            if (key.equals(ManifestSchema.SERIVCE_ID)) continue;
            if (!key.section().isEmpty()) paths.add(key.section());
            paths.add(key.path());
        }
        return paths;
    }

    private static String section(String path) {
        return path.substring(0, Math.max(path.indexOf('.'), 0));
    }

    private static String last(String path) {
        return path.substring(path.indexOf('.') + 1);
    }
}
