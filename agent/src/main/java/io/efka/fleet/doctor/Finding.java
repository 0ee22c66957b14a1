package io.efka.fleet.doctor;

/**
 * What was found.
 *
 * @param check in a word or two: {@code packet size}
 * @param text what it is, and what it means for this fleet
 * @param cure which setting helps; empty if nothing has to be done
 */
public record Finding(Level level, String check, String text, String cure) {
    /** How bad it is. */
    public enum Level {
        OK,
        /** It works, but not as well as it could, or only at this size. */
        WARNING,
        /** Something does not work. */
        PROBLEM
    }

    static Finding ok(String check, String text) {
        return new Finding(Level.OK, check, text, "");
    }

    static Finding warning(String check, String text, String cure) {
        return new Finding(Level.WARNING, check, text, cure);
    }

    static Finding problem(String check, String text, String cure) {
        return new Finding(Level.PROBLEM, check, text, cure);
    }
}
