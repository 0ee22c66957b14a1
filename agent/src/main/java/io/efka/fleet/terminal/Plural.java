package io.efka.fleet.terminal;

/** The right form of a word beside a number. */
public final class Plural {
    private Plural() {}

    /** {@code device} for 1, otherwise {@code devices}. */
    public static String of(String word, long count) {
        return count == 1 ? word : word + "s";
    }
}
