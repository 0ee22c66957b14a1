package io.efka.agent.output;

import io.efka.agent.service.Logs;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Picks lines by a regular expression that a stranger sent: one that runs away is stopped and said so, instead of
 * taking a processor for years. One thread.
 */
final class LineFilter {
    private static final int LONGEST_EXPRESSION = 1024;
    // A fifth of a second of a small processor. Counted, not timed: on a busy machine an honest expression must not
    // fail.
    private static final int LOOKS = 20_000_000;

    private final Optional<Pattern> pattern;

    /** @throws IllegalArgumentException if {@code match} is no regular expression, or longer than 1024 characters */
    LineFilter(Optional<String> match) {
        match.filter(text -> text.length() > LONGEST_EXPRESSION).ifPresent(text -> {
            throw new IllegalArgumentException(
                    "match must have at most " + LONGEST_EXPRESSION + " characters, had " + text.length());
        });
        pattern = match.map(Pattern::compile);
    }

    boolean takesAll() {
        return pattern.isEmpty();
    }

    /**
     * Whether a line, given with or without its end, is wanted.
     *
     * @throws Logs.Runaway if that takes too long to find out, or is too deep for the stack
     */
    boolean takes(byte[] bytes, int from, int to) throws Logs.Runaway {
        if (pattern.isEmpty()) return true;
        int end = to > from && bytes[to - 1] == '\n' ? to - 1 : to;
        String line = new String(bytes, from, end - from, StandardCharsets.UTF_8);
        try {
            return pattern.get().matcher(new Guarded(line)).find();
        } catch (TooCostly runaway) {
            throw new Logs.Runaway("this one was not done with a line after " + LOOKS / 1_000_000 + " million steps");
        } catch (StackOverflowError runaway) {
            throw new Logs.Runaway("this one goes too deep for a line of " + line.length() + " characters");
        }
    }

    /** Text that stops whoever looks at it too often. */
    private static final class Guarded implements CharSequence {
        private final String text;
        private int looks;

        private Guarded(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++looks > LOOKS) throw new TooCostly();
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final class TooCostly extends RuntimeException {
        private TooCostly() {
            super("too costly", null, false, false);
        }
    }
}
