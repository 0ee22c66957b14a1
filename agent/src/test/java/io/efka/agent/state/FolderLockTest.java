package io.efka.agent.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.state.StateStore.DataFolderBusy;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderLockTest {
    @Test
    void isLostWhenItsFileIsDeletedOrReplaced(@TempDir Path data) throws Exception {
        Path file = data.resolve("lock");
        try (FolderLock lock = FolderLock.take(data)) {
            assertThat(lock.isLost()).isFalse();
            Files.delete(file);
            assertThat(lock.isLost()).isTrue();
            Files.writeString(file, "1\n");
            assertThat(lock.isLost()).isTrue();
        }
    }

    @Test
    void itsOwnerHearsThatItIsLost(@TempDir Path data) throws Exception {
        var lost = new CountDownLatch(1);
        try (StateStore store = StateStore.open(data)) {
            store.watchLock(Duration.ofMillis(10), lost::countDown);
            Files.delete(data.resolve("lock"));
            assertThat(lost.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @TempDir
    private Path data;

    @Test
    void namesTheProcessThatHoldsTheFolderAndGoesWithIt() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        CommitLoad.class.getName(),
                        data.toString(),
                        "1",
                        "4194304")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader said = other.errorReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).isEqualTo("open");
            assertThatThrownBy(() -> FolderLock.take(data))
                    .isInstanceOf(DataFolderBusy.class)
                    .hasMessage("the data folder " + data + " is in use by another agent (pid " + other.pid()
                            + "): stop that one, or choose another folder with --data-dir");
            other.destroyForcibly().waitFor();
            FolderLock.take(data).close();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void isHeldAgainstTheSameProcessTooAndOutlivesTheAttempt() throws Exception {
        FolderLock lock = FolderLock.take(data);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> FolderLock.take(data)).isInstanceOf(DataFolderBusy.class);
        }
        lock.close();
        FolderLock.take(data).close();
    }
}
