package io.efka.fleet.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InlineFolderTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void manifest() throws IOException {
        Files.writeString(folder.resolve("manifest.json"), "{\"service_id\":\"cam\",\"exec\":\"bin/run.sh\"}");
    }

    @Test
    void aFolderBecomesAnEntryWithItsFiles() throws IOException {
        Path script = Files.createDirectory(folder.resolve("bin")).resolve("run.sh");
        Files.writeString(script, "#!/bin/sh\necho ä\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Files.write(folder.resolve("model"), new byte[] {(byte) 0xff, 0});

        assertThat(InlineFolder.document(folder, 1_000)).isEqualTo(JsonParser.parseString("""
                {"services":{"cam":{
                 "manifest":{"service_id":"cam","exec":"bin/run.sh"},
                 "files":{"bin/run.sh":{"text":"#!/bin/sh\\necho ä\\n","mode":"0755"},"model":{"base64":"/wA="}}}}}"""));
    }

    @Test
    void whatDoesNotFitSaysWhatWouldBeRight() throws IOException {
        Files.write(folder.resolve("model"), new byte[2_000]);

        assertThatThrownBy(() -> InlineFolder.document(folder, 1_000))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("may have 1000 bytes")
                .hasMessageContaining("efka artifact push");
    }

    @Test
    void aLinkIsRefused() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), Path.of("manifest.json"));

        assertThatThrownBy(() -> InlineFolder.document(folder, 1_000))
                .hasMessageContaining("link is neither a file nor");
    }

    @Test
    void aNameThatIsNotReadableAsTextIsRefused() throws IOException {
        // As Java reads a name that is not UTF-8.
        Files.writeString(folder.resolve("a\ufffdb"), "x");

        assertThatThrownBy(() -> InlineFolder.document(folder, 1_000)).hasMessageContaining("must be UTF-8");
    }

    @Test
    void theFolderItselfMayBeALink() throws IOException {
        Path version = Files.createDirectory(folder.resolve("v2"));
        Files.copy(folder.resolve("manifest.json"), version.resolve("manifest.json"));
        Path current = Files.createSymbolicLink(folder.resolve("current"), version);

        assertThat(InlineFolder.document(current, 1_000)).isEqualTo(InlineFolder.document(version, 1_000));
    }

    @Test
    void aManifestIsNeeded() throws IOException {
        Files.writeString(folder.resolve("manifest.json"), "{\"exec\":\"run.sh\"}");
        assertThatThrownBy(() -> InlineFolder.document(folder, 1_000)).hasMessageContaining("has no service_id");

        Files.writeString(folder.resolve("manifest.json"), "{");
        assertThatThrownBy(() -> InlineFolder.document(folder, 1_000)).hasMessageContaining("manifest.json: ");

        Files.delete(folder.resolve("manifest.json"));
        assertThatThrownBy(() -> InlineFolder.document(folder, 1_000)).hasMessageContaining("no manifest.json");
    }
}
