package io.efka.fleet.request;

import java.util.Optional;

/**
 * Where a command goes.
 *
 * @param service empty: to the device
 */
public record Address(String device, Optional<String> service) {
    /** {@code gate7}, {@code gate7/camera}. */
    @Override
    public String toString() {
        return device + service.map(one -> "/" + one).orElse("");
    }
}
