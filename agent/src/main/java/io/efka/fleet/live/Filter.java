package io.efka.fleet.live;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Optional;
import java.util.function.Supplier;

/** Which rows are shown: those in which a regular expression of RE2 is found, in whatever case. */
final class Filter {
    static final Filter NONE = new Filter("", Optional.empty());

    private final String text;
    private final Optional<Pattern> pattern;

    private Filter(String text, Optional<Pattern> pattern) {
        this.text = text;
        this.pattern = pattern;
    }

    /** @throws IllegalArgumentException saying in words why it is no regular expression */
    static Filter parse(String text) {
        if (text.isEmpty()) return NONE;
        try {
            return new Filter(text, Optional.of(Pattern.compile(text, Pattern.CASE_INSENSITIVE)));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("not a regular expression: " + e.getDescription(), e);
        }
    }

    /** @param row asked for only if it matters */
    boolean matches(Supplier<String> row) {
        return pattern.map(one -> one.matcher(row.get()).find()).orElse(true);
    }

    String text() {
        return text;
    }
}
