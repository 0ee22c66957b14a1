package io.efka.agent.search;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.supervision.Logs;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineFilterTest {
    private final AtomicLong now = new AtomicLong();

    /** With a matcher that backtracks, these take minutes: it looks at the same characters again and again. */
    @ParameterizedTest
    @CsvSource({".*.*=, 320", "(.*a){20}$, 60", "(x+x+)+y, 5000"})
    void everyCharacterIsLookedAtAFewTimesOnly(String expression, int length) throws Logs.BadMatch {
        var clockReads = new AtomicLong();
        SearchBudget endless = SearchBudget.since(0, () -> {
            clockReads.incrementAndGet();
            return 0;
        });
        byte[] line = ((expression.contains("x") ? "x" : "a").repeat(length) + "!").getBytes(UTF_8);

        assertThat(new LineFilter(Optional.of(expression), endless).takes(line, 0, line.length))
                .isFalse();

        // The clock is read once per 16 characters that the matcher looks at.
        assertThat(clockReads.get() * 16).isBetween((long) length, 8L * length);
    }

    @Test
    void anHonestOneMayLookAtALineOfAMegabyte() throws Logs.BadMatch {
        assertThat(takes("777$", "x".repeat(1 << 20) + "777\n")).isTrue();
        assertThat(takes("[0-9]+ms", "x".repeat(1 << 20))).isFalse();
    }

    @Test
    void aLongLineIsLeftInTheMiddleWhenTheTimeIsOver() throws Logs.BadMatch {
        SearchBudget budget = SearchBudget.since(0, () -> now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1)));
        var filter = new LineFilter(Optional.of("[0-9]+ms"), budget);
        byte[] line = "x".repeat(1 << 20).getBytes(UTF_8);
        assertThatThrownBy(() -> filter.takes(line, 0, line.length)).isInstanceOf(LineFilter.OutOfTime.class);
        assertThat(now.get()).isBetween(TimeUnit.MILLISECONDS.toNanos(690), TimeUnit.MILLISECONDS.toNanos(710));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "^err.r \\d$",
                "(?i)error|warn(ing)?",
                "[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}",
                "(\\d{1,3}\\.){3}\\d{1,3}:\\d{1,5}",
                "\\Qa(b[\\E",
                "[](){}]+",
                "[^]\\]]",
                "[[:alpha:]]]",
                "a{,3}|{x}",
                "\\p{Greek}+",
                "(?P<name>x)",
                "\\bGET /\\S*"
            })
    void whatPeopleWriteIsTaken(String expression) throws Logs.BadMatch {
        assertThat(SearchPattern.compile(expression).matcher("").find()).isIn(true, false);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "(a)\\1 ! there are no backreferences in this syntax, at character 4",
                "(?P<n>a)\\k<n> ! there are no backreferences in this syntax, at character 9",
                "foo(?=bar) ! there is no lookahead in this syntax, at character 4",
                "(?<=x)y ! there is no lookbehind in this syntax, at character 1",
                "a(?>b) ! there are no atomic groups in this syntax, at character 2",
                "x[a-z&&[^b]] ! there are no intersections of sets (&&) in this syntax, at character 6",
                "ab++ ! invalid nested repetition operator ++ at character 3",
                "a(b ! a ( that is not closed, at character 2",
                "a)b ! a ) without its (, at character 2",
                "a[b ! missing closing ] [b at character 2",
                "*a ! missing argument to repetition operator * at character 1",
                "ab\\h ! invalid escape sequence \\h at character 3",
                "ab\\ ! trailing backslash at end of expression at character 3",
                "x{1001} ! invalid repeat count {1001} at character 2"
            })
    void whatCannotBeUsedIsSaidWithItsPlace(String expression, String words) {
        assertThatThrownBy(() -> SearchPattern.compile(expression))
                .isInstanceOf(Logs.BadMatch.class)
                .hasMessage(words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "((a{100}){100}){100}",
                "(((((((a{1,9}){1,9}){1,9}){1,9}){1,9}){1,9}){1,9})",
                "(([a-z]]{900}){900})",
                "(\\Q)\\E{900}){900}",
                "((((\\p{Greek}{30}){30}){30}){30})",
                "((x{999,}){999,}){999,}"
            })
    void whatWouldFillTheMemoryIsRefusedBeforeItDoes(String expression) {
        assertThatThrownBy(() -> SearchPattern.compile(expression))
                .isInstanceOf(Logs.BadMatch.class)
                .hasMessageContaining("too large with all its repetitions, at character ");
    }

    @Test
    void hundredsOfGroupsWithinEachOtherAreRefused() {
        assertThatThrownBy(() -> SearchPattern.compile("(".repeat(450) + "a" + ")".repeat(450)))
                .isInstanceOf(Logs.BadMatch.class)
                .hasMessageContaining("within each other");
        assertThatThrownBy(() -> SearchPattern.compile("a".repeat(1001)))
                .isInstanceOf(Logs.BadMatch.class)
                .hasMessage("1000 characters at most, it has 1001");
    }

    private static boolean takes(String expression, String line) throws Logs.BadMatch {
        byte[] bytes = line.getBytes(UTF_8);
        SearchBudget budget = SearchBudget.since(0, () -> 0); // as much time as it takes
        return new LineFilter(Optional.of(expression), budget).takes(bytes, 0, bytes.length);
    }
}
