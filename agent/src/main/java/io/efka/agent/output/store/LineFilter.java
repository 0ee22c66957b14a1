package io.efka.agent.output.store;

import io.efka.agent.supervision.Logs;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Picks lines by a regular expression, and stops in the middle of one when its time is over. One thread. */
final class LineFilter {
    private final Optional<SearchPattern> pattern;
    private final SearchBudget budget;

    /** @throws Logs.BadMatch if {@code match} is no regular expression, or not one that can be used */
    LineFilter(Optional<String> match, SearchBudget budget) throws Logs.BadMatch {
        this.pattern = match.isEmpty() ? Optional.empty() : Optional.of(SearchPattern.compile(match.get()));
        this.budget = budget;
    }

    boolean takesAll() {
        return pattern.isEmpty();
    }

    /**
     * Whether a line, given with or without its end, is wanted.
     *
     * @throws OutOfTime if the budget is spent before that is known
     */
    boolean takes(byte[] bytes, int from, int to) throws OutOfTime {
        if (pattern.isEmpty()) return true;
        int end = to > from && bytes[to - 1] == '\n' ? to - 1 : to;
        String line = new String(bytes, from, end - from, StandardCharsets.UTF_8);
        return pattern.get().matcher(new Timed(line)).find();
    }

    /** Text that asks, every few characters that are looked at, whether there is time left. */
    private final class Timed implements CharSequence {
        /** A step of the largest expression takes 0.1 ms, so this is a look at the clock every 2 ms at the most. */
        private static final int EVERY = 16;

        private final String text;
        private int looks;

        private Timed(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++looks % EVERY == 0 && budget.isTimeOver()) throw new OutOfTime();
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

    /** The time is over; nothing is known of the line. */
    static final class OutOfTime extends RuntimeException {
        private OutOfTime() {
            super("out of time", null, false, false);
        }
    }
}
