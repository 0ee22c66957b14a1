package io.efka.mqtt.paho;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.LinkException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemTlsTest {
    /** Made for this test, and of no use for anything else. */
    private static final String KEY = """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQobV/4aWfkuBwtLR
            fb+YaRGFUtCqQSRq/5sxtjxYRDOhRANCAARg94+g+4HcoIrjKszViY8zo55umqZD
            +1pXPDxA8XKqIn3SVDulH9G23X1PJYac1b8Ioyd6hqBu8eXJ8DCeOSCO
            -----END PRIVATE KEY-----
            """;

    static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBdTCCARugAwIBAgIUX6HoWRUun8nNMnjlFdYVbFln52AwCgYIKoZIzj0EAwIw
            DzENMAsGA1UEAwwEZGV2MTAgFw0yNjExMjUxNzE3NTJaGA8yMTI2MTEwMTE3MTc1
            MlowDzENMAsGA1UEAwwEZGV2MTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGD3
            j6D7gdygiuMqzNWJjzOjnm6apkP7Wlc8PEDxcqoifdJUO6Uf0bbdfU8lhpzVvwij
            J3qGoG7x5cnwMJ45II6jUzBRMB0GA1UdDgQWBBQ18e2P8SaJmVVtebQcbOEmAg8u
            FjAfBgNVHSMEGDAWgBQ18e2P8SaJmVVtebQcbOEmAg8uFjAPBgNVHRMBAf8EBTAD
            AQH/MAoGCCqGSM49BAMCA0gAMEUCIQCfhDBj9sI0zMtsn6FE5iZ1QK9KykjKXnpG
            AW/uqyhS2QIgTuBhnnVDiwkzrIuB9pfGNmnR/NBGIzhRRsNEr+V/iH8=
            -----END CERTIFICATE-----
            """;

    @TempDir
    private Path folder;

    @Test
    void aMissingFileIsNamed() {
        Path ca = folder.resolve("ca.pem");
        assertThatThrownBy(() -> new Credentials(settings(ca)).sockets())
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("CA file " + ca);
    }

    @Test
    void aFileWithoutACertificateIsNamed() throws IOException {
        Path ca = Files.writeString(folder.resolve("ca.pem"), "not a certificate");
        assertThatThrownBy(() -> new Credentials(settings(ca)).sockets())
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("CA file " + ca);
    }

    @Test
    void aCertificateAndItsKeyMayBeInOneFile() throws Exception {
        Path both = Files.writeString(folder.resolve("both.pem"), KEY + CERTIFICATE);
        assertThat(new Credentials(settings(both, Optional.of(both))).sockets()).isNotNull();
    }

    @Test
    void aKeyOfAnotherCertificateIsSaidToBeThat() throws Exception {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
        keys.initialize(256);
        String other = Base64.getMimeEncoder()
                .encodeToString(keys.generateKeyPair().getPrivate().getEncoded());
        Path both = Files.writeString(
                folder.resolve("both.pem"),
                "-----BEGIN PRIVATE KEY-----\n" + other + "\n-----END PRIVATE KEY-----\n" + CERTIFICATE);
        assertThatThrownBy(() -> new Credentials(settings(both, Optional.of(both))).sockets())
                .isInstanceOf(LinkException.class)
                .hasMessage("key file " + both + " is not the key of certificate file " + both);
    }

    private static BrokerSettings settings(Path ca) {
        return settings(ca, Optional.empty());
    }

    private static BrokerSettings settings(Path ca, Optional<Path> identity) {
        return new BrokerSettings(
                List.of(URI.create("ssl://broker")),
                "dev1",
                Optional.empty(),
                Optional.empty(),
                Optional.of(ca),
                identity,
                identity);
    }
}
