package io.efka.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class ChildProcessTest {
    @Test
    void startsAProcess() throws Exception {
        Process process = ChildProcess.start(new ProcessBuilder("/bin/sh", "-c", "exit 3"));

        assertThat(process.waitFor()).isEqualTo(3);
    }

    @Test
    void saysWhatKeepsItFromThat() {
        assertThatThrownBy(() -> ChildProcess.start(new ProcessBuilder("/no/such/program")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/no/such/program");
    }
}
