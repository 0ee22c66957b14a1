package io.efka.agent.install;

import com.google.gson.JsonElement;
import java.util.Optional;

/**
 * Where in the manifest a value is, and where to report what is wrong with it.
 *
 * @param path as in {@code restart.delay} or {@code args[2]}
 */
record Place(String path, Findings findings) {
    /** Longer keys than any of ours are cut in messages: the sender knows what was sent. */
    private static final int MAX_KEY = 64;

    static String join(String path, String key) {
        String shown = Findings.shorten(key, MAX_KEY);
        return path.isEmpty() ? shown : path + "." + shown;
    }

    Place child(String key) {
        return new Place(join(path, key), findings);
    }

    Place item(int index) {
        return new Place(path + "[" + index + "]", findings);
    }

    /** Reports {@code value} as not what it must be. */
    <T> Optional<T> unfit(JsonElement value, String expected) {
        findings.fault(path, value.toString(), expected);
        return Optional.empty();
    }
}
