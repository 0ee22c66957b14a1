package io.efka.agent.process.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class RunOutputTest {
    @Test
    void isTheLastTwentyLines(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("stderr"), "x\n".repeat(30) + "the end\n");
        assertThat(RunOutput.lastLines(file)).isEqualTo("x\n".repeat(19) + "the end");
        assertThat(RunOutput.lastLines(folder.resolve("missing"))).isEmpty();
    }

    @Test
    void doesNotFollowALink(@TempDir Path folder) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "of somebody else's\n");
        Path link = Files.createSymbolicLink(folder.resolve("stderr"), secret);
        assertThat(RunOutput.lastLines(link)).isEmpty();
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void doesNotWaitForAFifo(@TempDir Path folder) throws IOException {
        Path fifo = folder.resolve("stderr");
        new ProcessBuilder("mkfifo", fifo.toString()).start().onExit().join();
        assertThat(RunOutput.lastLines(fifo)).isEmpty();
    }
}
