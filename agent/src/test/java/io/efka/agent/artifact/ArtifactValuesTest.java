package io.efka.agent.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.files.FileModes;
import io.efka.protocol.Sha256;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactValuesTest {
    private static final Sha256 HASH = Sha256.of(new byte[0]);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ftp://host/x | must begin with https:, http:, file: or mqtt:, was ftp://host/x",
                "x/y | must begin with https:, http:, file: or mqtt:",
                "https:///x | must name a host",
                "https://u:secret@host/x | must have no user and password, which belong into the device's credentials file, was https://host/x",
                "https://host/x#y | must have no #fragment",
            })
    void aSourceIsChecked(String uri, String message) {
        assertThatThrownBy(() -> new ArtifactRef(List.of(URI.create(uri)), HASH, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void sizeAndNumberOfSourcesAreChecked() {
        URI uri = URI.create("HTTPS://host/x");
        assertThat(new ArtifactRef(List.of(uri, ArtifactRef.source("mqtt:"), URI.create("mqtt:group/all")), HASH, 1)
                        .size())
                .isEqualTo(1);
        assertThatThrownBy(() -> new ArtifactRef(List.of(uri), HASH, 0)).hasMessage("size must be at least 1, was 0");
        assertThatThrownBy(() -> new ArtifactRef(List.of(), HASH, 1))
                .hasMessage("url must name 1 to 16 sources, was 0 of them");
    }

    @Test
    void aSourceIsReadFromText() {
        assertThat(ArtifactRef.source("https://host/x%20y")).hasToString("https://host/x%20y");
        assertThat(ArtifactRef.shown(ArtifactRef.source("mqtt:"))).isEqualTo("mqtt:");
        assertThatThrownBy(() -> ArtifactRef.source("https://host/x y"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("url must be a URL without spaces");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://files.example/x | proxy:3128",
                "http://files.example/x | direct",
                "https://a.internal/x | direct",
                "https://internal/x | direct",
                "https://notinternal/x | proxy:3128",
                "https://10.0.0.1:8443/x | direct",
            })
    void theProxyIsThatOfTheEnvironment(String uri, String expected) {
        var proxies = new EnvironmentProxy(
                Map.of("HTTPS_PROXY", "http://proxy:3128/", "no_proxy", ".internal, 10.0.0.1:8443", "http_proxy", ""));

        Proxy proxy = proxies.select(URI.create(uri)).get(0);

        String is = proxy.address() instanceof InetSocketAddress address
                ? address.getHostString() + ":" + address.getPort()
                : "direct";
        assertThat(is).isEqualTo(expected);
    }

    @Nested
    class TheCredentialsFile {
        @TempDir
        private Path folder;

        private Optional<String> header(String json, String uri) throws IOException, SourceRefusedException {
            Path file = Files.writeString(folder.resolve("file"), json);
            FileModes.set(file, 0600);
            return new Credentials(Optional.of(file)).header(URI.create(uri));
        }

        @Test
        void hasOneEntryForAHost() throws Exception {
            String json =
                    "{\"a.example\":{\"username\":\"u\",\"password\":\"p\"},\"b.example:8443\":{\"bearer\":\"t\"}}";

            assertThat(header(json, "https://A.example/x")).contains("Basic dTpw");
            assertThat(header(json, "https://a.example:9000/x")).contains("Basic dTpw");
            assertThat(header(json, "https://b.example:8443/x")).contains("Bearer t");
            assertThat(header(json, "https://b.example/x")).isEmpty();
            assertThat(header(json, "https://x.a.example/x")).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "[]",
                    "{",
                    "{\"h\":\"secret\"}",
                    "{\"h\":{\"bearer\":\"secret\\r\\nX: y\"}}",
                    "{\"h\":{\"username\":\"secret\"}}",
                    "{\"h\":{\"bearer\":\"secret\",\"username\":\"u\"}}"
                })
        void isRefusedIfItIsWrongWithoutShowingIt(String json) {
            assertThatThrownBy(() -> header(json, "https://h/x"))
                    .isInstanceOf(SourceRefusedException.class)
                    .hasMessageContaining("credentials file")
                    .hasMessageContaining("must")
                    .message()
                    .doesNotContain("secret");
        }
    }
}
