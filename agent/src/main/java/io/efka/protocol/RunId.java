package io.efka.protocol;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names one run of a service: one launch of its program, until its whole process tree is gone. Whatever comes back
 * later (an exit, a probe, a timer) carries it, and what belongs to an earlier run is ignored.
 *
 * @param value 26 characters of Crockford's base 32 (a ULID): sorts by time of launch
 */
public record RunId(String value) {
    private static final Pattern VALID = Pattern.compile("[0-9A-HJKMNP-TV-Z]{26}");

    public RunId {
        if (!VALID.matcher(value).matches()) {
            throw new IllegalArgumentException("bad run id \"" + value + "\": must be a ULID of 26 characters");
        }
    }

    /** The run that {@code text}, which may come from anybody, names; empty if it is no run id. */
    public static Optional<RunId> parse(String text) {
        return VALID.matcher(text).matches() ? Optional.of(new RunId(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
