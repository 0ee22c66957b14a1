package io.efka.fleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is followed ends when nobody reads it any more, as in {@code efka events -f | head}. */
@Timeout(30)
class ReaderThatLeavesTest {
    private final CommandFixture fleet = new CommandFixture();

    private final PrintWriter broken = new PrintWriter(new Writer() {
        @Override
        public void write(char[] text, int from, int length) throws IOException {
            throw new IOException("Broken pipe");
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    });

    @Test
    void eventsEnd() {
        fleet.device("gate7", "cam");
        fleet.broker.taking(
                command -> fleet.broker.reply(command, "{\"ok\":true,\"events\":[{\"event\":\"state\"}],\"next\":1}"));

        assertThat(fleet.efka(broken, "events", "-f", "--plain")).isZero();
    }

    @Test
    void topEnds() {
        fleet.device("gate7", "cam");

        assertThat(fleet.efka(broken, "top", "-n", "100000")).isZero();
        assertThat(Duration.ofNanos(fleet.clock.getAsLong())).isLessThan(Duration.ofMinutes(1));
    }
}
