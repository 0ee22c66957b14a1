package io.efka.fleet.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderArchiveTest {
    @TempDir
    Path dir;

    private Path folder;
    private Path archive;

    @BeforeEach
    void aFolder() throws Exception {
        folder = Files.createDirectory(dir.resolve("camera-1.4"));
        Files.writeString(folder.resolve("manifest.json"), "{}");
        archive = dir.resolve("a.tar.gz");
    }

    private List<String> names() throws IOException {
        var names = new ArrayList<String>();
        try (var tar = new TarArchiveInputStream(new GzipCompressorInputStream(Files.newInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry())
                names.add(entry.getName());
        }
        return names;
    }

    @Test
    void aLinkToAFolderIsTheFolder() throws Exception {
        FolderArchive.pack(Files.createSymbolicLink(dir.resolve("current"), folder), archive);

        assertThat(names()).containsExactly("manifest.json");
    }

    @Test
    void aNameThatIsNotKnownForCertainIsRefused() throws Exception {
        Files.writeString(folder.resolve("gr\ufffd\ufffde.json"), "{}");

        assertThatThrownBy(() -> FolderArchive.pack(folder, archive))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("must be UTF-8, and the locale as well");
    }
}
