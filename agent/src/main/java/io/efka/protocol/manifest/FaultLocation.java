package io.efka.protocol.manifest;

import com.google.gson.JsonElement;
import io.efka.protocol.json.StrictJson;
import java.util.Optional;

/**
 * Where in the manifest a value is, and where to report what is wrong with it.
 *
 * @param path as in {@code restart.delay} or {@code args[2]}
 */
public record FaultLocation(String path, Diagnostics findings) {
    FaultLocation child(String key) {
        return new FaultLocation(StrictJson.keyPath(path, key), findings);
    }

    FaultLocation item(int index) {
        return new FaultLocation(path + "[" + index + "]", findings);
    }

    /** Reports {@code value} as not what it must be. */
    <T> Optional<T> unfit(JsonElement value, String expected) {
        findings.fault(path, value.toString(), expected);
        return Optional.empty();
    }
}
