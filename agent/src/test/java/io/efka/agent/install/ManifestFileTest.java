package io.efka.agent.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.efka.protocol.Fault;
import io.efka.protocol.manifest.ManifestReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read as a manifest, and what of it is told to whoever asked. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ManifestFileTest {
    @TempDir
    Path folder;

    @Test
    void aLinkToAnotherFileIsNotFollowed() throws IOException {
        Path secret = Files.writeString(folder.resolve("shadow"), "root:$6$salt:19000");
        Path manifest = Files.createSymbolicLink(folder.resolve("manifest.json"), secret);

        Fault fault = onlyFault(manifest);

        assertThat(fault.toString()).contains(manifest.toString(), "link").doesNotContain("salt");
    }

    @Test
    void aFifoIsNotWaitedFor() throws Exception {
        Path fifo = folder.resolve("manifest.json");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor(5, TimeUnit.SECONDS))
                .isTrue();

        assertThat(onlyFault(fifo).toString()).contains("regular file");
        assertThat(onlyFault(Path.of("/dev/zero")).toString()).contains("regular file");
        assertThat(onlyFault(folder).toString()).contains("regular file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hunter2\n", "\"hunter2\"", "[\"hunter2\"]", "{\"password\":\"hunter2\"", "{hunter2}"})
    void whatIsNoManifestIsNotShown(String content) throws IOException {
        Fault fault = onlyFault(Files.writeString(folder.resolve("manifest.json"), content));

        assertThat(fault.toString()).doesNotContain("hunter2").contains("must be");
    }

    @Test
    void aFileThatCannotBeOpenedIsAFault() {
        assertThatCode(() -> onlyFault(Path.of("/proc/1/task/none/manifest.json")))
                .doesNotThrowAnyException();
    }

    private static Fault onlyFault(Path file) {
        ManifestReading reading = ManifestFile.read(file);
        assertThat(reading).isInstanceOf(ManifestReading.Unusable.class);
        assertThat(((ManifestReading.Unusable) reading).faults()).hasSize(1);
        return ((ManifestReading.Unusable) reading).faults().get(0);
    }
}
