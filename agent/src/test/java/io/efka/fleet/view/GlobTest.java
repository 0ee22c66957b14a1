package io.efka.fleet.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {
    @ParameterizedTest
    @CsvSource({
        "gate7, gate7, true",
        "gate7, gate71, false",
        "gate7, Gate7, false",
        "gate*, gate, true",
        "*7, gate7, true",
        "*7, gate78, false",
        "g*t*7, gate-tower7, true",
        "g?te, gate, true",
        "g?te, gte, false",
        "*, x, true",
        "**a**, bab, true",
        "?, '', false",
        "a.c, abc, false",
    })
    void matches(String glob, String name, boolean does) {
        assertThat(Glob.parse(glob).matches(name)).isEqualTo(does);
    }

    @Test
    void matchesAsARegularExpressionDoes() {
        var chance = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            String glob = text(chance, "ab*?");
            String name = text(chance, "ab");
            String expression = glob.replace("*", ".*").replace("?", ".");

            assertThat(Glob.parse(glob).matches(name)).as(glob + " " + name).isEqualTo(name.matches(expression));
        }
    }

    private static String text(Random chance, String letters) {
        var text = new StringBuilder();
        for (int i = chance.nextInt(7); i > 0; i--) text.append(letters.charAt(chance.nextInt(letters.length())));
        return text.toString();
    }

    @Test
    @Timeout(5)
    void manyStarsTakeNoTime() {
        assertThat(Glob.parse("a*".repeat(30) + "b").matches("a".repeat(60_000)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", ".hidden", "-x", "a/b", "a+", "gate#", "\u00e4", "[a-z]"})
    void whatMatchesNoNameIsRefused(String text) {
        assertThatThrownBy(() -> Glob.parse("device", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a device must be 1-64 of");
    }
}
