package io.efka.agent.search;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.efka.agent.supervision.Logs;

/**
 * A regular expression from an untrusted sender. RE2 matches a line in linear time, whatever the expression. It does
 * not limit the size of an expression with nested repetitions; this class does, before it compiles it. Thread-safe.
 */
final class SearchPattern {
    private static final int LONGEST = 1000;

    private final Pattern pattern;

    private SearchPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** @throws Logs.BadMatch with what is wrong, and where */
    static SearchPattern compile(String expression) throws Logs.BadMatch {
        if (expression.length() > LONGEST) {
            throw new Logs.BadMatch(LONGEST + " characters at most, it has " + expression.length());
        }
        new PatternSize(expression).check();
        try {
            return new SearchPattern(Pattern.compile(expression));
        } catch (PatternSyntaxException e) {
            throw new Logs.BadMatch(e.getDescription() + at(expression, e.getPattern()));
        }
    }

    /** The text may throw to end a search that takes too long. */
    Matcher matcher(CharSequence text) {
        return pattern.matcher(text);
    }

    /** RE2 names the part that it does not understand, but not its position. */
    private static String at(String expression, String part) {
        int place = part.isEmpty() ? expression.length() - 1 : expression.indexOf(part);
        if (place < 0) return "";
        return (part.isEmpty() ? "" : " " + part) + " at character " + (place + 1);
    }
}
