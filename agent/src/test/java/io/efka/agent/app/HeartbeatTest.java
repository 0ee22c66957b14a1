package io.efka.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeartbeatTest {
    private static final Instant LONG_AGO = Instant.parse("2020-11-22T21:00:00Z");

    @TempDir
    private Path folder;

    @Test
    void theFileHasTheTimeOfTheLastBeat() throws Exception {
        Path file = folder.resolve("heartbeat");
        var heartbeat = new Heartbeat(Optional.of(file));
        heartbeat.beat();
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
        heartbeat.beat();
        assertThat(Files.getLastModifiedTime(file).toInstant()).isAfter(LONG_AGO.plusSeconds(3600));
    }

    @Test
    void theFileIsGoneWithTheAgent() {
        Path file = folder.resolve("heartbeat");
        var heartbeat = new Heartbeat(Optional.of(file));
        heartbeat.beat();
        heartbeat.end();
        assertThat(file).doesNotExist();
    }

    @Test
    void aFileThatCannotBeMadeDoesNotDisturbTheSelfCheck() {
        var heartbeat = new Heartbeat(Optional.of(folder.resolve("missing/heartbeat")));
        heartbeat.beat();
        heartbeat.beat();
        heartbeat.end();
        assertThat(folder.resolve("missing")).doesNotExist();
    }

    @Test
    void withoutAFileNothingHappens() {
        var heartbeat = new Heartbeat(Optional.empty());
        heartbeat.beat();
        heartbeat.end();
        assertThat(folder).isEmptyDirectory();
    }
}
