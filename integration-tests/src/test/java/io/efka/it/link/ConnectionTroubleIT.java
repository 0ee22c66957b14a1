package io.efka.it.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess;
import io.efka.it.Brokers;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an operator reads when the agent cannot connect: one line with the reason, and no stack trace. */
class ConnectionTroubleIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static Path folder;
    private static Certificates.Identity good;
    private static Certificates.Identity other;
    private static TestBroker broker;
    private static int plain;
    private static int tls;
    private static int expired;
    private static int elsewhere;
    private static int mutual;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Brokers.hasMosquitto(), "mosquitto on the PATH");
        assumeTrue(Shell.run("sh", "-c", "command -v openssl").code() == 0, "openssl on the PATH");
        folder = Folders.create("trouble");
        good = Certificates.make(folder, "good", "EC");
        other = Certificates.make(folder, "other", "EC");
        Certificates.Identity old = expired();
        Certificates.Identity foreign = Certificates.make(folder, "foreign", "EC", "dns:elsewhere.example");
        Path passwords = folder.resolve("passwords");
        Shell.run("mosquitto_passwd", "-b", "-c", passwords.toString(), "cam", "secret");
        tls = Brokers.freePort();
        expired = Brokers.freePort();
        elsewhere = Brokers.freePort();
        mutual = Brokers.freePort();
        var lines = new ArrayList<String>(List.of("password_file " + passwords));
        lines.addAll(listener(tls, good));
        lines.addAll(listener(expired, old));
        lines.addAll(listener(elsewhere, foreign));
        lines.addAll(listener(mutual, good));
        lines.addAll(List.of("require_certificate true", "cafile " + good.cert()));
        broker = Brokers.stock(lines.toArray(String[]::new));
        plain = broker.port();
        // The authorities of all, so that nothing but the one thing is wrong.
        Files.writeString(
                folder.resolve("all.pem"),
                Files.readString(good.cert())
                        + Files.readString(folder.resolve("ca.crt"))
                        + Files.readString(foreign.cert()));
    }

    /** Signed by an authority of its own: a certificate that is trusted itself may be as old as it likes. */
    private static Certificates.Identity expired() {
        Shell.run("sh", "-ec", """
                        cd "$1"
                        new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
                        openssl req -x509 $new -keyout ca.key -out ca.crt -days 2 -subj /CN=ca
                        openssl req $new -keyout old.key -out old.csr -subj /CN=old
                        echo subjectAltName=IP:127.0.0.1 >old.ext
                        openssl x509 -req -in old.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile old.ext \
                            -days -1 -out old.crt
                        """, "sh", folder.toString()).ok();
        return new Certificates.Identity(folder.resolve("old.crt"), folder.resolve("old.key"));
    }

    private static List<String> listener(int port, Certificates.Identity identity) {
        return List.of("listener " + port + " 127.0.0.1", "certfile " + identity.cert(), "keyfile " + identity.key());
    }

    @AfterAll
    static void stop() {
        if (broker != null) broker.close();
        if (folder != null) Folders.delete(folder);
    }

    @Test
    void aRefusedConnection() {
        saysInOneLine("no connection: connection refused", "tcp://127.0.0.1:" + Brokers.freePort());
    }

    @Test
    void anAuthorityThatIsNotThere() {
        Path none = folder.resolve("none.pem");
        saysInOneLine("cannot read CA file " + none + ": no such file or folder", tls(tls), "--ca", none.toString());
    }

    @Test
    void aPasswordFileThatIsNotThere() {
        Path none = folder.resolve("none");
        saysInOneLine(
                "cannot read password file " + none + ": no such file or folder",
                "tcp://127.0.0.1:" + plain,
                "--username",
                "cam",
                "--password-file",
                none.toString());
    }

    @Test
    void aWrongPassword() throws Exception {
        Path wrong = Files.writeString(folder.resolve("wrong"), "guess");
        saysInOneLine(
                "the broker refused: not authorised (0x87; correct username and password_file",
                "tcp://127.0.0.1:" + plain,
                "--username",
                "cam",
                "--password-file",
                wrong.toString());
    }

    @Test
    void anExpiredCertificate() {
        saysInOneLine("the broker's certificate has expired", tls(expired), "--ca", authorities());
    }

    @Test
    void anUnknownAuthority() {
        saysInOneLine(
                "is not signed by a trusted authority",
                tls(tls),
                "--ca",
                other.cert().toString());
    }

    @Test
    void theCertificateOfAnotherHost() {
        saysInOneLine("the broker's certificate is for another host", tls(elsewhere), "--ca", authorities());
    }

    @Test
    void aPortWithoutTls() {
        saysInOneLine("or not speak it (tcp://)", tls(plain), "--ca", authorities());
    }

    @Test
    void aPortWithTls() {
        saysInOneLine("may expect TLS (ssl://)", "tcp://127.0.0.1:" + tls);
    }

    @Test
    void noCertificateOfOnesOwn() {
        saysInOneLine("set cert and key", tls(mutual), "--ca", authorities());
    }

    @Test
    void aKeyOfAnotherCertificate() {
        saysInOneLine(
                "key file " + other.key() + " is not the key of certificate file " + good.cert(),
                tls(mutual),
                "--ca",
                authorities(),
                "--cert",
                good.cert().toString(),
                "--key",
                other.key().toString());
    }

    private static String tls(int port) {
        return "ssl://127.0.0.1:" + port;
    }

    private static String authorities() {
        return folder.resolve("all.pem").toString();
    }

    /** Further attempts are other lines, of which every one says how often that was. */
    private static void saysInOneLine(String reason, String uri, String... flags) {
        Path data = Folders.create("trouble-agent");
        try (AgentProcess agent = AgentProcess.run(uri, "trouble", data.resolve("data"), flags)) {
            Await.until(
                    () -> "says \"" + reason + "\":\n" + agent.log(),
                    LIMIT,
                    () -> agent.log().contains(reason));
            agent.terminate();
            List<String> lines = agent.log().lines().toList();
            assertThat(lines).allMatch(line -> line.matches("\\S+Z (INFO |WARN |ERROR) .*"));
            assertThat(lines)
                    .filteredOn(line -> line.contains(reason) && !line.contains(" times in a row)"))
                    .hasSizeLessThanOrEqualTo(
                            1); // none if the first attempt had another reason, such as no answer in time
            assertThat(agent.log()).doesNotContain("Exception");
        } finally {
            Folders.delete(data);
        }
    }
}
