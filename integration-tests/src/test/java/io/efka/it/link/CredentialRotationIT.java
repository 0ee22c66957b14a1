package io.efka.it.link;

import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess;
import io.efka.it.Brokers;
import io.efka.it.Bundle;
import io.efka.it.Device;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Credentials are replaced under a running agent, which is told by SIGHUP; its services notice nothing. */
class CredentialRotationIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Path folder;

    @BeforeEach
    void create() {
        assumeTrue(Brokers.hasMosquitto(), "mosquitto on the PATH");
        folder = Folders.create("rotation");
    }

    @AfterEach
    void delete() {
        if (folder != null) Folders.delete(folder);
    }

    @Test
    void aNewPasswordIsUsedAtOnceAfterTheOldOneWasRefused() throws Exception {
        Path passwords = folder.resolve("passwords");
        Shell.run("mosquitto_passwd", "-b", "-c", passwords.toString(), "cam", "old");
        Path password = Files.writeString(folder.resolve("password"), "old\n");
        try (TestBroker broker = Brokers.stock("password_file " + passwords);
                var device = new Device(broker, "rotated")) {
            device.start("--username", "cam", "--password-file", password.toString());
            long service = ok(device.run(Bundle.sleeper("still"))).get("pid").getAsLong();
            broker.kill();
            Shell.run("mosquitto_passwd", "-b", passwords.toString(), "cam", "new");
            broker.start();
            awaitLog(device, "the next attempt, with the password file read again");

            Files.writeString(password, "new\n");
            hangUp(device);

            // Without the signal the next attempt would be a minute or more away.
            awaitLog(device, "SIGHUP: password file " + password + " has changed; connecting with what has changed");
            awaitBack(device);
            assertThat(ok(device.ask("still", "status", "")).toString()).contains("\"pid\":" + service);
        }
    }

    @Test
    void aNewAuthorityAndCertificateAreUsedAndBrokenOnesAreNot() throws Exception {
        Certificates.Identity first = Certificates.make(folder, "first", "EC");
        Certificates.Identity second = Certificates.make(folder, "second", "EC");
        Path cert = copy(first.cert(), "agent.crt");
        Path key = copy(first.key(), "agent.key");
        Path ca = copy(first.cert(), "agent-ca.pem");
        Path brokerCert = copy(first.cert(), "broker.crt");
        Path brokerKey = copy(first.key(), "broker.key");
        Path brokerCa = copy(first.cert(), "broker-ca.pem");
        int port = Brokers.freePort();
        try (TestBroker broker = Brokers.stock(
                        "listener " + port + " 127.0.0.1",
                        "certfile " + brokerCert,
                        "keyfile " + brokerKey,
                        "cafile " + brokerCa,
                        "require_certificate true");
                var device = new Device(broker, "rotated", "ssl://127.0.0.1:" + port)) {
            device.start("--ca", ca.toString(), "--cert", cert.toString(), "--key", key.toString());
            long service = ok(device.run(Bundle.sleeper("still"))).get("pid").getAsLong();

            Files.writeString(ca, "half of a certificate");
            hangUp(device);
            awaitLog(device, "CA file " + ca + " is not a PEM certificate");
            awaitLog(device, "CA file " + ca + " cannot be used; certificate file " + cert);
            assertThat(device.ask("ping", "").has("pong")).isTrue();

            copy(second.cert(), "agent.crt");
            copy(second.key(), "agent.key");
            copy(second.cert(), "agent-ca.pem");
            broker.kill();
            copy(second.cert(), "broker.crt");
            copy(second.key(), "broker.key");
            copy(second.cert(), "broker-ca.pem");
            broker.start();
            hangUp(device);

            awaitLog(
                    device,
                    "CA file " + ca + " has changed; certificate file " + cert + " and key file " + key
                            + " has changed; connecting with what has changed");
            awaitBack(device);
            assertThat(ok(device.ask("still", "status", "")).toString()).contains("\"pid\":" + service);
        }
    }

    @Test
    void underNohupTheSignalIsIgnored() {
        try (TestBroker broker = Brokers.start();
                var device = new Device(broker, "rotated")) {
            device.launchIn(AgentProcess.World.USUAL.under(List.of("sh", "-c", "trap '' HUP; exec \"$@\"", "sh")));
            device.awaitOnline();

            hangUp(device);

            assertThat(device.ask("ping", "").has("pong")).isTrue();
            assertThat(device.agent().log()).doesNotContain("SIGHUP");
        }
    }

    /** The broker knew nothing when it came back: what it has now, it has from the agent. */
    private static void awaitBack(Device device) {
        device.watchAgain()
                .awaitJson(
                        device.topic("status"), status -> status.get("online").getAsBoolean());
    }

    private static void hangUp(Device device) {
        Shell.run("kill", "-HUP", String.valueOf(device.agent().pid()));
    }

    private static void awaitLog(Device device, String text) {
        AgentProcess agent = device.agent();
        Await.until(
                () -> "the log says \"" + text + "\":\n" + agent.log(),
                LIMIT,
                () -> agent.log().contains(text));
    }

    private Path copy(Path file, String name) throws Exception {
        return Files.copy(file, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
}
