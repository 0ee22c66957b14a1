package io.efka.fleet.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ScreenTest {
    private final AtomicInteger gone = new AtomicInteger();

    /** Fails as JLine does when stty does. */
    private static final class HangingUp extends LineDisciplineTerminal {
        private volatile boolean isGone;

        HangingUp() throws IOException {
            super("test", "xterm", new ByteArrayOutputStream(), StandardCharsets.UTF_8);
        }

        private void requirePresent() {
            if (isGone) throw new IOError(new IOException("stty: Input/output error"));
        }

        @Override
        public void setAttributes(Attributes attributes) {
            requirePresent();
            super.setAttributes(attributes);
        }

        @Override
        public Size getSize() {
            requirePresent();
            return super.getSize();
        }
    }

    private final Screen.Listener listener = new Screen.Listener() {
        @Override
        public void pressed(Key key) {}

        @Override
        public void changed() {}

        @Override
        public void gone() {
            gone.incrementAndGet();
        }
    };

    @Test
    void aTerminalThatHangsUpIsGoneAndNoFault() throws Exception {
        var terminal = new HangingUp();
        try (Screen screen = Screen.open(listener, terminal)) {
            terminal.isGone = true;
            screen.show(); // as at the SIGCONT that comes with the hangup

            assertThat(gone).hasValue(1);
            assertThat(screen.size()).isEqualTo(new ScreenSize(80, 24));
        }
        assertThat(gone).hasValueGreaterThan(1);
    }
}
