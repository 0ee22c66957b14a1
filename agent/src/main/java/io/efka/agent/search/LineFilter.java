package io.efka.agent.search;

import io.efka.agent.supervision.Logs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/** Selects lines by a regular expression. Stops within a line when the time is over. One thread. */
public final class LineFilter {
    private final Optional<SearchPattern> pattern;
    private final SearchBudget budget;

    /** @throws Logs.BadMatch if {@code match} is not a regular expression, or not one that can be used */
    public LineFilter(Optional<String> match, SearchBudget budget) throws Logs.BadMatch {
        this.pattern = match.isEmpty() ? Optional.empty() : Optional.of(SearchPattern.compile(match.get()));
        this.budget = budget;
    }

    public boolean takesAll() {
        return pattern.isEmpty();
    }

    /** What is known of a line. */
    public enum Verdict {
        HIT,
        MISS,
        /** The time was over before the result was known. */
        UNKNOWN
    }

    /**
     * Checks one line, with or without its end.
     *
     * @param isFirst whether it is the first of the search: if all of the time is not enough for it, it never will be
     * @param name of the line in a message, as in {@code the line of 20 bytes at offset 7}
     * @throws Logs.BadMatch if the time was over during the first line
     * @throws Logs.Busy the same, but there was little time because the search had waited
     */
    public Verdict judge(byte[] bytes, int from, int to, boolean isFirst, Supplier<String> name) throws IOException {
        if (!isFirst && budget.isTimeOver()) return Verdict.UNKNOWN;
        try {
            return takes(bytes, from, to) ? Verdict.HIT : Verdict.MISS;
        } catch (OutOfTime late) {
            if (!isFirst) return Verdict.UNKNOWN;
            if (!budget.isWhole()) throw new Logs.Busy("there was no time to look at a single line");
            throw new Logs.BadMatch("this one was not done in time with " + name.get());
        }
    }

    /**
     * Whether a line, with or without its end, is selected.
     *
     * @throws OutOfTime if the time is over before that is known
     */
    boolean takes(byte[] bytes, int from, int to) throws OutOfTime {
        if (pattern.isEmpty()) return true;
        int end = to > from && bytes[to - 1] == '\n' ? to - 1 : to;
        String line = new String(bytes, from, end - from, StandardCharsets.UTF_8);
        return pattern.get().matcher(new Timed(line)).find();
    }

    /** A text that checks, every few characters that are read, whether there is time left. */
    private final class Timed implements CharSequence {
        /** A step of the largest expression takes 0.1 ms, so the clock is read every 2 ms at most. */
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

    /** The time is over; the result for the line is unknown. */
    static final class OutOfTime extends RuntimeException {
        private OutOfTime() {
            super("out of time", null, false, false);
        }
    }
}
