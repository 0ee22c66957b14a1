package io.efka.agent.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.ConfigStore.Configuration;
import io.efka.fixtures.Manifests;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFilesTest {
    private static final Manifest CAMERA = Manifests.manifest("camera");
    private static final Configuration FIRST = new Configuration(1, "{\"every_s\":5}");

    @TempDir
    private Path data;

    private ConfigFiles files;
    private Path file;

    @BeforeEach
    void write() throws IOException {
        files = new ConfigFiles(data.resolve("config"));
        files.write(CAMERA, FIRST);
        file = files.of(CAMERA.id());
    }

    @Test
    void aFileIsItsServicesAlone() throws IOException {
        assertThat(file).hasContent("{\"every_s\":5}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aFileThatIsRightStaysTheSame() throws IOException {
        Object before = Files.readAttributes(file, "fileKey").get("fileKey");
        files.write(CAMERA, FIRST);
        assertThat(Files.readAttributes(file, "fileKey").get("fileKey")).isEqualTo(before);
    }

    @Test
    void aNewConfigurationReplacesIt() throws IOException {
        files.write(CAMERA, new Configuration(2, "{\"every_s\":6}"));
        assertThat(file).hasContent("{\"every_s\":6}");
    }

    @Test
    void whatTheServiceWroteOverOrDeletedIsMended() throws IOException {
        Files.writeString(file, "mine");
        files.write(CAMERA, FIRST);
        assertThat(file).hasContent("{\"every_s\":5}");

        Files.delete(file);
        files.write(CAMERA, FIRST);
        assertThat(file).hasContent("{\"every_s\":5}");
    }
}
