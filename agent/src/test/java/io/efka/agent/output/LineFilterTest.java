package io.efka.agent.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.service.Logs;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LineFilterTest {
    @Test
    void anExpressionThatRunsAwayIsStopped() {
        assertThatThrownBy(() -> takes(".*.*.*.*.*=", "a".repeat(5000)))
                .isInstanceOf(Logs.Runaway.class)
                .hasMessage("this one was not done with a line after 20 million steps");
    }

    @Test
    void anHonestOneMayLookAtALineOfAMegabyte() throws IOException {
        assertThat(takes("777$", "x".repeat(1 << 20) + "777\n")).isTrue();
        assertThat(takes("[0-9]+ms", "x".repeat(1 << 20))).isFalse();
    }

    private static boolean takes(String expression, String line) throws IOException {
        byte[] bytes = line.getBytes(UTF_8);
        return new LineFilter(Optional.of(expression)).takes(bytes, 0, bytes.length);
    }
}
