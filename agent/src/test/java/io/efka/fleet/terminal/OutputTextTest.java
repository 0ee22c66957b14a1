package io.efka.fleet.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputTextTest {
    private static final String ESC = "\u001b";

    @Test
    void aProgramsColoursAreItsOwnAndEndWithTheLine() {
        assertThat(OutputText.safe(ESC + "[1;31merror" + ESC + "[0m: \ttab"))
                .isEqualTo(ESC + "[1;31merror" + ESC + "[0m: \ttab" + ESC + "[0m");
        assertThat(OutputText.safe(ESC + "[38:2::255:0:0mred")).isEqualTo(ESC + "[38:2::255:0:0mred" + ESC + "[0m");
    }

    @Test
    void aCarriageReturnAtTheEndIsHalfALineEnd() {
        assertThat(OutputText.safe("progress\r")).isEqualTo("progress");
        assertThat(OutputText.safe("50 %\r60 %\r")).isEqualTo("50 %\\x0d60 %");
        assertThat(OutputText.safe("a\r" + ESC + "[1mb")).isEqualTo("a\\x0d" + ESC + "[1mb" + ESC + "[0m");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[2J|clears the screen",
                "[10;10H|moves the cursor",
                "[?1049h|another screen",
                "[6n|asks the terminal, which types the answer",
                "]0;title\u0007|sets the title",
                "]52;c;cm0gLXJmIC8=\u0007|sets the clipboard",
                "]8;;http://evil\u0007|a link",
                "Pq#0|sixels",
                "c|resets",
                "[31;31;31;31;31;31;31;31;31;31;31;31;31m|too long",
                "[31|no end",
                "[31|",
            })
    void whatIsNoColourIsShownAndNotDone(String sequence, String what) {
        String safe = OutputText.safe("before" + ESC + sequence + "after" + ESC);

        assertThat(safe).as(what).startsWith("before\\x1b").doesNotContain(ESC, "\u0007");
    }

    @Test
    void aHostileLineIsDoneQuickly() {
        String line = (ESC + "[").repeat(200_000);

        assertThat(OutputText.safe(line)).doesNotContain(ESC);
    }
}
