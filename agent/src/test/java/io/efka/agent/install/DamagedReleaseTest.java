package io.efka.agent.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DamagedReleaseTest {
    private static final ServiceId CAM = new ServiceId("cam");
    private static final String MANIFEST = "{\"service_id\":\"cam\",\"exec\":\"run.sh\",\"health_check\":\"process:\"}";

    @TempDir
    private Path root;

    private ReleaseFolders folders;
    private Path release;

    @BeforeEach
    void aRelease() throws Exception {
        folders = new ReleaseFolders(root, new LinuxInstallDisk(), new RootRule(false));
        keep("old");
        release = folders.folder(CAM, "1.0-00000001");
    }

    private void keep(String content) throws Exception {
        try (StagedRelease staged = folders.stage(CAM)) {
            Files.writeString(staged.folder().resolve(Manifest.FILE_NAME), MANIFEST);
            Files.writeString(staged.folder().resolve("content"), content);
            staged.keep("1.0-00000001", staged.manifest());
        }
    }

    @Test
    void staysIfItIsWhole() throws Exception {
        keep("new");
        assertThat(release.resolve("content")).hasContent("old");
    }

    @Test
    void isReplacedInOneStep() throws Exception {
        Files.writeString(release.resolve(Manifest.FILE_NAME), "{");
        assertThat(folders.isDamaged(CAM, release)).isTrue();
        keep("new");
        assertThat(release.resolve("content")).hasContent("new");
        assertThat(folders.manifest(CAM, release).id()).isEqualTo(CAM);
        assertThat(root.resolve(".trash")).isEmptyDirectory();
    }

    @Test
    void isNoneThatOthersCanChange() throws IOException {
        Files.setPosixFilePermissions(
                release.resolve(Manifest.FILE_NAME), PosixFilePermissions.fromString("rw-rw-rw-"));
        var strict = new ReleaseFolders(root, new LinuxInstallDisk(), new RootRule(true));
        assertThatThrownBy(() -> strict.manifest(CAM, release)).isInstanceOf(CommandException.class);
        assertThat(strict.isDamaged(CAM, release)).isFalse();
    }
}
