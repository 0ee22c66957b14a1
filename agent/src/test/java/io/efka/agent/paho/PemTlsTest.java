package io.efka.agent.paho;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.wire.BrokerSettings;
import io.efka.agent.wire.LinkException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemTlsTest {
    @TempDir
    private Path folder;

    @Test
    void aMissingFileIsNamed() {
        Path ca = folder.resolve("ca.pem");
        assertThatThrownBy(() -> PemTls.sockets(settings(ca)))
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("CA file " + ca);
    }

    @Test
    void aFileWithoutACertificateIsNamed() throws IOException {
        Path ca = Files.writeString(folder.resolve("ca.pem"), "not a certificate");
        assertThatThrownBy(() -> PemTls.sockets(settings(ca)))
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("CA file " + ca);
    }

    private static BrokerSettings settings(Path ca) {
        return new BrokerSettings(
                List.of(URI.create("ssl://broker")),
                "dev1",
                Optional.empty(),
                Optional.empty(),
                Optional.of(ca),
                Optional.empty(),
                Optional.empty());
    }
}
