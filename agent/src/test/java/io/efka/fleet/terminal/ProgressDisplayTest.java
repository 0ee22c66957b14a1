package io.efka.fleet.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {
    private final StringWriter screen = new StringWriter();
    private final ProgressDisplay display = new ProgressDisplay(new PrintWriter(screen, true), true);

    @Test
    void whatStaysIsPutInThePlaceOfTheBar() {
        display.show(50, "50 %", 0);
        display.aside(() -> screen.write("gate7/cam  done\n"));

        assertThat(screen.toString()).endsWith("50 %\u001b[?7h\r\u001b[Kgate7/cam  done\n");
    }

    @Test
    void nothingIsLeftOfItAtTheEnd() {
        display.show(50, "50 %", 0);
        display.close();
        display.show(60, "60 %", 1);

        assertThat(screen.toString()).endsWith("\r\u001b[K").doesNotContain("60 %");
    }

    @Test
    void aNarrowTerminalCutsItAndDoesNotWrapIt() {
        display.show(50, "50 %", 0);

        assertThat(screen.toString()).isEqualTo("\r\u001b[K\u001b[?7l[##########..........] 50 %\u001b[?7h");
    }
}
