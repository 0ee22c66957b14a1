package io.efka.mqtt.paho;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.LinkException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CredentialsTest {
    @TempDir
    private Path folder;

    private Path file;
    private Credentials credentials;

    @BeforeEach
    void create() throws IOException {
        file = Files.writeString(folder.resolve("password"), "old\r\nsecond line\n");
        credentials = credentials("tcp://broker", Optional.of(file), Optional.empty());
    }

    @Test
    void thePasswordIsTheFirstLineAsItIsNow() throws Exception {
        assertThat(password()).isEqualTo("old");
        Files.writeString(file, "new");
        assertThat(password()).isEqualTo("new");
    }

    @Test
    void aFileThatHasGoneLeavesWhatWasReadBefore() throws Exception {
        assertThat(password()).isEqualTo("old");
        Files.delete(file);
        assertThat(password()).isEqualTo("old");
    }

    @Test
    void aFileThatNeverWasIsNamedWithTheReason() throws Exception {
        Files.delete(file);
        assertThatThrownBy(this::password)
                .isInstanceOf(LinkException.class)
                .hasMessage("cannot read password file " + file + ": no such file or folder");
    }

    @Test
    void readingAgainSaysWhatBecameOfEachFile() throws Exception {
        password();
        assertThat(words()).containsExactly("password file " + file + " is unchanged");
        Files.writeString(file, "new");
        assertThat(words()).containsExactly("password file " + file + " has changed");
        assertThat(words()).containsExactly("password file " + file + " is unchanged");
        Files.delete(file);
        assertThat(words()).containsExactly("password file " + file + " cannot be used");
        assertThat(words()).containsExactly("password file " + file + " cannot be used");
        Files.writeString(file, "new");
        assertThat(words()).containsExactly("password file " + file + " is unchanged");
    }

    @Test
    void aBrokenAuthorityLeavesTheOneBefore() throws Exception {
        Path ca = Files.writeString(folder.resolve("ca.pem"), PemTlsTest.CERTIFICATE);
        credentials = credentials("ssl://broker", Optional.empty(), Optional.of(ca));
        credentials.sockets();
        Files.writeString(ca, "half of a certifi");
        assertThat(words()).containsExactly("CA file " + ca + " cannot be used");
        assertThat(credentials.sockets()).isNotNull();
    }

    @Test
    void filesForTlsAreOfNoInterestWithoutIt() throws Exception {
        credentials = credentials("tcp://broker", Optional.empty(), Optional.of(folder.resolve("none")));
        assertThat(words()).isEmpty();
    }

    private String password() throws LinkException {
        return new String(credentials.password().orElseThrow(), UTF_8);
    }

    private List<String> words() {
        return credentials.reread().stream().map(Credentials.Outcome::words).toList();
    }

    private static Credentials credentials(String uri, Optional<Path> password, Optional<Path> ca) {
        return new Credentials(new BrokerSettings(
                List.of(URI.create(uri)),
                "dev1",
                Optional.of("dev1"),
                password,
                ca,
                Optional.empty(),
                Optional.empty()));
    }
}
