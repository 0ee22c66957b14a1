package io.efka.agent.command;

import java.util.Collection;
import java.util.Optional;

/** Guesses what a misspelt word was meant to be. */
final class Spelling {
    // More slips than this, or than a third of the word, and a guess is more likely to mislead than to help.
    private static final int MAX_SLIPS = 3;
    private static final int MAX_LENGTH = 64;

    private Spelling() {}

    /** The sentence {@code did you mean "start"?} with a blank before it, or nothing. */
    static String hint(String word, Collection<String> known) {
        return closest(word, known)
                .map(guess -> "; did you mean \"" + guess + "\"?")
                .orElse("");
    }

    static Optional<String> closest(String word, Collection<String> known) {
        if (word.length() > MAX_LENGTH) return Optional.empty();
        int fewest = Math.min(MAX_SLIPS, Math.max(1, word.length() / 3)) + 1;
        Optional<String> best = Optional.empty();
        for (String candidate : known) {
            int slips = slips(word, candidate);
            if (slips < fewest) {
                fewest = slips;
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    /** Letters put in, left out or swapped for another. */
    private static int slips(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) above[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int swap = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(swap, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
