package io.efka.agent.search;

import io.efka.agent.supervision.Logs;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Estimates from its text how large an expression becomes when it is compiled: {@code ((a{100}){100}){100}} are
 * a million steps. It also names features of other syntaxes that RE2 does not have. One thread.
 */
final class PatternSize {
    /** Fifty times as many as in expressions written by hand; a step takes about 20 ns per character of a line. */
    private static final long LARGEST = 5_000;

    private static final int DEEPEST = 100;

    private final String text;
    private final Deque<Group> open = new ArrayDeque<>();
    private long size;
    private long last;
    private int at;

    PatternSize(String text) {
        this.text = text;
    }

    /** @throws Logs.BadMatch if it is too large, not closed, or uses a feature that RE2 does not have */
    void check() throws Logs.BadMatch {
        while (at < text.length()) {
            switch (text.charAt(at)) {
                case '\\' -> escape();
                case '[' -> set();
                case '(' -> group();
                case ')' -> close();
                case '{' -> repeat();
                default -> atom(1);
            }
            if (size > LARGEST) throw problem("too large with all its repetitions", at - 1);
        }
        if (!open.isEmpty()) throw problem("a ( that is not closed", open.getLast().at);
    }

    private void escape() throws Logs.BadMatch {
        if (text.startsWith("\\Q", at)) {
            int end = text.indexOf("\\E", at);
            int until = end < 0 ? text.length() : end;
            atom(until - at);
            at = end < 0 ? until : until + 2;
            return;
        }
        char escaped = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
        if ((escaped >= '1' && escaped <= '9') || text.startsWith("\\k<", at)) {
            throw problem("there are no backreferences in this syntax", at);
        }
        atom(1);
        at++;
    }

    /** A set of characters is one step, whatever it contains. */
    private void set() throws Logs.BadMatch {
        int i = at + 1;
        if (i < text.length() && text.charAt(i) == '^') i++;
        for (int first = i; i < text.length() && (text.charAt(i) != ']' || i == first); i++) {
            if (text.startsWith("&&", i)) throw problem("there are no intersections of sets (&&) in this syntax", i);
            if (text.charAt(i) == '\\') i++;
            else if (text.startsWith("[:", i)) i = Math.max(i, text.indexOf(":]", i) + 1);
        }
        atom(1);
        at = i + 1;
    }

    private void group() throws Logs.BadMatch {
        if (text.startsWith("(?=", at) || text.startsWith("(?!", at)) {
            throw problem("there is no lookahead in this syntax", at);
        }
        if (text.startsWith("(?<=", at) || text.startsWith("(?<!", at)) {
            throw problem("there is no lookbehind in this syntax", at);
        }
        if (text.startsWith("(?>", at)) throw problem("there are no atomic groups in this syntax", at);
        if (open.size() >= DEEPEST) throw problem("more than " + DEEPEST + " groups within each other", at);
        open.push(new Group(at, size));
        size = 0;
        last = 0;
        at++;
    }

    private void close() throws Logs.BadMatch {
        if (open.isEmpty()) throw problem("a ) without its (", at);
        long inner = size + 2;
        size = open.pop().before;
        atom(inner);
    }

    /** {@code {n}}, {@code {n,}} or {@code {n,m}}; anything else is a literal brace. */
    private void repeat() {
        int end = text.indexOf('}', at);
        String count = end < 0 ? "" : text.substring(at + 1, end);
        if (!count.matches("\\d{1,4}(,\\d{0,4})?")) {
            atom(1);
            return;
        }
        long most = 1;
        for (String number : count.split(",")) most = Math.max(most, Long.parseLong(number) + 1);
        size += last * (most - 1);
        last *= most;
        at = end + 1;
    }

    private void atom(long steps) {
        size += steps;
        last = steps;
        at++;
    }

    private static Logs.BadMatch problem(String what, int at) {
        return new Logs.BadMatch(what + ", at character " + (at + 1));
    }

    private record Group(int at, long before) {}
}
