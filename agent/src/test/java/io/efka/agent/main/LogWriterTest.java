package io.efka.agent.main;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LogWriterTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Terminal terminal = new Terminal();
    private final LogWriter writer = new LogWriter(terminal, 100).start();

    @AfterEach
    void goOn() {
        terminal.resumed.countDown();
    }

    @Test
    void writesLinesInTheirOrder() {
        terminal.resumed.countDown();

        writer.write("first\n");
        writer.write("second\n");
        writer.flush(SOON);

        assertThat(terminal.lines()).containsExactly("first\n", "second\n");
    }

    @Test
    void doesNotWaitForATerminalThatIsHeldAndSaysWhatWasLost() throws Exception {
        writer.write("held\n");
        assertThat(terminal.held.await(10, TimeUnit.SECONDS)).isTrue();

        for (int i = 0; i < 30; i++) writer.write("0123456789\n"); // nine of them find room
        writer.flush(Duration.ofMillis(20));
        assertThat(terminal.lines()).isEmpty();

        terminal.resumed.countDown();
        writer.flush(SOON);
        writer.write("later\n");
        writer.flush(SOON);

        assertThat(terminal.lines())
                .hasSize(12)
                .startsWith("held\n", "0123456789\n")
                .endsWith("efka: 21 lines of the log were lost: they came while nothing took them\n", "later\n");
    }

    @Test
    void aTerminalThatIsGoneEndsNothing() {
        terminal.resumed.countDown();
        terminal.gone = true;
        writer.write("lost\n");
        writer.flush(SOON);
        terminal.gone = false;

        writer.write("written\n");
        writer.flush(SOON);

        assertThat(terminal.lines()).containsExactly("written\n");
    }

    private static final class Terminal extends OutputStream {
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch resumed = new CountDownLatch(1);
        private final List<String> lines = new ArrayList<>();
        private volatile boolean gone;

        @Override
        public void write(int b) {
            throw new AssertionError("a line is written at once");
        }

        @Override
        public void write(byte[] line) throws IOException {
            held.countDown();
            try {
                resumed.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (gone) throw new IOException("Input/output error");
            synchronized (lines) {
                lines.add(new String(line, UTF_8));
            }
        }

        List<String> lines() {
            synchronized (lines) {
                return List.copyOf(lines);
            }
        }
    }
}
