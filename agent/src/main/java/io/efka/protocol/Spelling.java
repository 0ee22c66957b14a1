package io.efka.protocol;

import java.util.Collection;
import java.util.Optional;

/** Guesses what a misspelt word was meant to be; for every package that refuses words. */
public final class Spelling {
    // More slips than this, or than a third of the word, and a guess is more likely to mislead than to help.
    private static final int MAX_SLIPS = 3;
    private static final int MAX_LENGTH = 64;

    private Spelling() {}

    /** The sentence {@code did you mean "start"?} with a blank before it, or nothing. */
    public static String hint(String word, Collection<String> known) {
        return closest(word, known)
                .map(guess -> "; did you mean \"" + guess + "\"?")
                .orElse("");
    }

    /** The known word with the fewest slips, if they are few enough. */
    public static Optional<String> closest(String word, Collection<String> known) {
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

    /** Letters put in, left out, swapped for another, or for their neighbour. */
    public static int slips(String a, String b) {
        int[][] slips = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) slips[i][0] = i;
        for (int j = 0; j <= b.length(); j++) slips[0][j] = j;
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int other = slips[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                slips[i][j] = Math.min(other, Math.min(slips[i - 1][j], slips[i][j - 1]) + 1);
                boolean isTwisted =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (isTwisted) slips[i][j] = Math.min(slips[i][j], slips[i - 2][j - 2] + 1);
            }
        }
        return slips[a.length()][b.length()];
    }
}
