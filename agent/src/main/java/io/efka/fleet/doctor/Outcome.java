package io.efka.fleet.doctor;

import java.util.Optional;

/**
 * What a probe has measured, or why it could not.
 *
 * @param trouble empty text if there is a value
 */
public record Outcome<T>(Optional<T> value, String trouble) {
    static <T> Outcome<T> of(T value) {
        return new Outcome<>(Optional.of(value), "");
    }

    static <T> Outcome<T> failed(String trouble) {
        return new Outcome<>(Optional.empty(), trouble);
    }
}
