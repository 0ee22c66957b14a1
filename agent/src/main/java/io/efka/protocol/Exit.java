package io.efka.protocol;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a run ended.
 *
 * @param code the exit code; empty when a signal ended it, or when it cannot be known (an adopted process)
 * @param signal the signal that ended it
 * @param oom whether the kernel killed it because memory ran out, as far as the agent can tell
 * @param tail the last lines of its output, at most 20 and 4 KiB
 */
public record Exit(OptionalInt code, Optional<Signal> signal, boolean oom, Instant at, String tail) {

    /** Whether it ended with code 0. An unknown code counts as a failure. */
    public boolean isClean() {
        return code.isPresent() && code.getAsInt() == 0;
    }
}
