package io.efka.protocol.manifest;

import com.google.gson.JsonPrimitive;
import java.util.Optional;

/**
 * One key of the manifest.
 *
 * @param path with its section: {@code restart.delay}
 * @param isRequired whether its absence is a fault
 * @param standard the default as a manifest would have it; empty where absence itself means something
 */
public record ManifestKey<T>(
        String path, ValueRules.Rule<T> rule, boolean isRequired, Optional<JsonPrimitive> standard) {

    static <T> ManifestKey<T> required(String path, ValueRules.Rule<T> rule) {
        return new ManifestKey<>(path, rule, true, Optional.empty());
    }

    static <T> ManifestKey<T> optional(String path, ValueRules.Rule<T> rule) {
        return new ManifestKey<>(path, rule, false, Optional.empty());
    }

    static <T> ManifestKey<T> standard(String path, ValueRules.Rule<T> rule, JsonPrimitive value) {
        return new ManifestKey<>(path, rule, false, Optional.of(value));
    }

    /** The section it is in; empty for the top. */
    String section() {
        return path.substring(0, Math.max(path.indexOf('.'), 0));
    }

    /** Its name within the section. */
    String name() {
        return path.substring(path.indexOf('.') + 1);
    }

    /** The default's value, read by the same rule as a manifest's. */
    T fallback() {
        return standard.flatMap(value -> rule.read(value, new Diagnostics().at(path)))
                .orElseThrow(() -> new IllegalStateException("no usable default for " + path + ": " + standard));
    }
}
