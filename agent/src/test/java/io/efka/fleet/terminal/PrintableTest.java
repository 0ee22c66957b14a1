package io.efka.fleet.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
    @Test
    void jsonMeansTheSameAndHasNoControlCharacters() {
        assertThat(Printable.json("{\"a\":\"\u009b31m\u202e\"}")).isEqualTo("{\"a\":\"\\u009b31m\\u202e\"}");
        assertThat(Printable.json("{\"a\":\"größe\"}")).isEqualTo("{\"a\":\"größe\"}");
    }

    @Test
    void leavesTextAlone() {
        String text = "gate 7: 21 \u00b0C, \u6e29\u5ea6, \u0645\u0631\u062d\u0628\u0627, \ud83d\ude00";

        assertThat(Printable.line(text)).isSameAs(text);
    }

    @Test
    void showsWhatWouldMoveTheCursor() {
        assertThat(Printable.line("a\nb\tc\rd\u001b[2Je\u0007\u0000\u007f"))
                .isEqualTo("a\\nb\\tc\\x0dd\\x1b[2Je\\x07\\x00\\x7f");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u001b]0;title\u0007",
                "\u001b]52;c;cm0gLXJm\u0007",
                "\u009b31m",
                "\u009d0;title\u009c",
                "\u0090q\u009c",
                "a\u202eb",
                "a\u2066b\u2069",
                "a\u061cb\u200fc",
                "line\u2028break\u2029",
                "\u0085",
            })
    void nothingThatATerminalObeysIsLeft(String hostile) {
        assertThat(Printable.line(hostile).chars()).noneMatch(PrintableTest::isObeyed);
    }

    static boolean isObeyed(int one) {
        return Character.getType(one) == Character.CONTROL
                || Character.getType(one) == Character.FORMAT
                || Character.getType(one) == Character.LINE_SEPARATOR
                || Character.getType(one) == Character.PARAGRAPH_SEPARATOR;
    }
}
