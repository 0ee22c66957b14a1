package io.efka.protocol;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a run ended.
 *
 * @param code the exit code; empty when a signal ended it, or when it cannot be known (an adopted process)
 * @param signal the signal that ended it
 * @param oom whether the kernel ended it for want of memory, as far as that can be told
 * @param tail the last lines of its output, at most 20 and 4 KiB
 */
public record Exit(OptionalInt code, Optional<Signal> signal, boolean oom, Instant at, String tail) {

    /** Whether it ended well: with code 0. What cannot be known counts as a failure. */
    public boolean isClean() {
        return code.isPresent() && code.getAsInt() == 0;
    }
}
