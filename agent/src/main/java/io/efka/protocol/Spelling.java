package io.efka.protocol;

import java.util.Collection;
import java.util.Optional;

/** Guesses which word was meant by a misspelt one. */
public final class Spelling {
    // With more mistakes than this, or than a third of the word, a guess is more likely to mislead than to help.
    private static final int MAX_MISTAKES = 3;
    private static final int MAX_LENGTH = 64;

    private Spelling() {}

    /** The sentence {@code did you mean "start"?} with a blank before it, or nothing. */
    public static String hint(String word, Collection<String> known) {
        return closest(word, known)
                .map(guess -> "; did you mean \"" + guess + "\"?")
                .orElse("");
    }

    /** The known word with the fewest mistakes, if they are few enough. */
    public static Optional<String> closest(String word, Collection<String> known) {
        if (word.length() > MAX_LENGTH) return Optional.empty();
        int fewest = Math.min(MAX_MISTAKES, Math.max(1, word.length() / 3)) + 1;
        Optional<String> best = Optional.empty();
        for (String candidate : known) {
            int mistakes = mistakes(word, candidate);
            if (mistakes < fewest) {
                fewest = mistakes;
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    /** The number of letters that were inserted, left out, replaced, or swapped with their neighbour. */
    public static int mistakes(String a, String b) {
        int[][] mistakes = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) mistakes[i][0] = i;
        for (int j = 0; j <= b.length(); j++) mistakes[0][j] = j;
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int other = mistakes[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                mistakes[i][j] = Math.min(other, Math.min(mistakes[i - 1][j], mistakes[i][j - 1]) + 1);
                boolean isTwisted =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (isTwisted) mistakes[i][j] = Math.min(mistakes[i][j], mistakes[i - 2][j - 2] + 1);
            }
        }
        return mistakes[a.length()][b.length()];
    }
}
