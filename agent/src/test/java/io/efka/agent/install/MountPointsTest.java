package io.efka.agent.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountPointsTest {
    @TempDir
    private Path temp;

    @Test
    void areReadFromTheKernelsList() throws Exception {
        assertThat(MountPoints.ofThisProcess().contains(Path.of("/proc"))).isTrue();
        assertThat(MountPoints.ofThisProcess().contains(temp)).isFalse();
    }

    @Test
    void mayHaveSpacesAndLettersOfAnyLanguage() throws Exception {
        Path folder = Files.createDirectory(temp.resolve("my cam"));
        String list = "36 35 98:0 / " + temp.toRealPath() + "/my\\040cam ro,noatime - ext4 /dev/root ro\n";
        assertThat(MountPoints.parse(list).contains(folder)).isTrue();
        assertThat(MountPoints.parse("").contains(folder)).isFalse();
    }

    @Test
    void areFoundThroughALink() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("link"), Path.of("/proc"));
        assertThat(MountPoints.ofThisProcess().contains(link)).isTrue();
    }
}
