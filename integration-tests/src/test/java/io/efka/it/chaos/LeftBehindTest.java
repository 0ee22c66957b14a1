package io.efka.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftBehindTest {
    @TempDir
    private Path folder;

    @Test
    void whateverIsNamedAfterAServiceIsFound() throws IOException {
        Path config = Files.createDirectories(folder.resolve("data/channel/config"));
        Path file = Files.createFile(config.resolve("guest-7.json"));
        Path logs = Files.createDirectories(folder.resolve("logs/chatty"));
        Files.createFile(folder.resolve("data/journal-00000001"));

        assertThat(LeftBehind.files(folder)).containsExactlyInAnyOrder(file.toString(), logs.toString());
    }
}
