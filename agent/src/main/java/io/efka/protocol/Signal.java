package io.efka.protocol;

import java.util.Locale;
import java.util.Optional;

/**
 * The signals that can be sent to a service, or that can end it; named without {@code SIG}, as {@code kill} does.
 */
public enum Signal {
    HUP,
    INT,
    QUIT,
    ILL,
    TRAP,
    ABRT,
    BUS,
    FPE,
    KILL,
    USR1,
    SEGV,
    USR2,
    PIPE,
    ALRM,
    TERM,
    XCPU,
    XFSZ,
    SYS,
    CONT,
    STOP,
    TSTP,
    WINCH;

    /** The signal of that name, with or without {@code SIG}, in any case. */
    public static Optional<Signal> named(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String bare = upper.startsWith("SIG") ? upper.substring(3) : upper;
        for (Signal signal : values()) {
            if (signal.name().equals(bare)) return Optional.of(signal);
        }
        return Optional.empty();
    }
}
