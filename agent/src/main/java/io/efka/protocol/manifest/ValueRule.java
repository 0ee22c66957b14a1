package io.efka.protocol.manifest;

import com.google.gson.JsonElement;
import java.util.Optional;

/** What one kind of value must look like. */
@FunctionalInterface
interface ValueRule<T> {

    /** Reads {@code value}; one that does not fit is reported at {@code place} and comes back empty. */
    Optional<T> read(JsonElement value, FaultLocation place);
}
