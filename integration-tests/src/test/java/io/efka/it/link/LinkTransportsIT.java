package io.efka.it.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import io.efka.it.Brokers;
import io.efka.it.FlakyProxy;
import io.efka.it.TestBroker;
import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink.Lane;
import io.efka.mqtt.MqttLink.Subscription;
import io.efka.mqtt.paho.PahoLink;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The four ways to a broker, and the will, with a real one. */
class LinkTransportsIT {
    private final TestTimers timers = new TestTimers();
    private final RecordingListener ear = new RecordingListener();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        timers.close();
    }

    @Test
    void webSockets() throws Exception {
        assumeMosquitto();
        int port = Brokers.freePort();
        try (TestBroker broker = Brokers.stock("listener " + port, "protocol websockets");
                PahoLink link = link(settings(URI.create("ws://127.0.0.1:" + port + "/mqtt")))) {
            assertThat(broker.port()).isNotEqualTo(port);
            assertRoundTrip(link);
        }
    }

    @Test
    void tlsWithAClientCertificate() throws Exception {
        assertTls("ssl", "RSA", "mqtt");
    }

    @Test
    void webSocketsOverTlsWithAnEllipticKey() throws Exception {
        assertTls("wss", "EC", "websockets");
    }

    @Test
    void aUserWithAPasswordFile() throws Exception {
        assumeMosquitto();
        Path users = Files.writeString(folder.resolve("users"), "dev1:secret\n");
        new ProcessBuilder("mosquitto_passwd", "-U", users.toString()).start().waitFor();
        Path password = Files.writeString(folder.resolve("password"), "secret\nnot this\n");
        try (TestBroker broker = Brokers.stock("password_file " + users);
                PahoLink link = link(new BrokerSettings(
                        List.of(URI.create(broker.uri())),
                        "dev1",
                        Optional.of("dev1"),
                        Optional.of(password),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))) {
            assertRoundTrip(link);
        }
    }

    @Test
    void theWillComesAfterALossThatLastsAndNotAfterAShortOne() throws Exception {
        try (TestBroker broker = Brokers.stock();
                PahoLink observer = link(settings("observer", URI.create(broker.uri())))) {
            observer.open(() -> message("unused"), List.of(new Subscription("dev1/status", true)), ear);
            FlakyProxy proxy = new FlakyProxy(broker.port());
            PahoLink device = link(settings("dev1", proxy.uri()));
            var heard = new RecordingListener();
            device.open(() -> message("dev1/status"), List.of(), heard);
            Await.until("both are up", Duration.ofSeconds(10), () -> observer.isUp() && device.isUp());

            proxy.reset();
            Await.until("back again", Duration.ofSeconds(10), () -> heard.connects.size() == 2);
            assertThat(ear.messages).isEmpty();

            long start = System.nanoTime();
            proxy.close();
            Await.until("the will", Duration.ofSeconds(15), () -> ear.messages.size() == 1);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(4));
            device.close();
        }
    }

    /** Its listeners are what is tried here; the embedded broker's WebSocket is tried with the demo. */
    private static void assumeMosquitto() {
        if (!Brokers.hasMosquitto()) System.out.println("[link] no mosquitto on the PATH: TLS and such are not tried");
        Assumptions.assumeTrue(Brokers.hasMosquitto());
    }

    private void assertTls(String scheme, String kind, String protocol) throws Exception {
        assumeMosquitto();
        Certificates.Identity server = Certificates.make(folder, "server", kind);
        Certificates.Identity client = Certificates.make(folder, "client", kind);
        int port = Brokers.freePort();
        // A listener of its own: Mosquitto 2.0.11 does not start with WebSockets alone.
        String[] tls = {
            "listener " + port,
            "protocol " + protocol,
            "cafile " + client.cert(),
            "certfile " + server.cert(),
            "keyfile " + server.key(),
            "require_certificate true"
        };
        try (TestBroker broker = Brokers.stock(tls);
                PahoLink link = link(new BrokerSettings(
                        List.of(URI.create(scheme + "://127.0.0.1:" + port)),
                        "dev1",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(server.cert()),
                        Optional.of(client.cert()),
                        Optional.of(client.key())))) {
            assertThat(broker.port()).isNotEqualTo(port);
            assertRoundTrip(link);
        }
    }

    private void assertRoundTrip(PahoLink link) throws Exception {
        link.open(() -> message("will"), List.of(new Subscription("echo/#", false)), ear);
        Await.until("connected", Duration.ofSeconds(20), link::isUp);
        link.publish(message("echo/1"), Lane.CONTROL).join();
        Await.until("it came back", Duration.ofSeconds(10), () -> ear.messages.size() == 1);
        // Larger than any buffer on the way.
        byte[] large = new byte[300_000];
        link.publish(new Message("echo/2", large, 1, false, Message.Properties.NONE), Lane.BULK)
                .join();
        Await.until("the large one as well", Duration.ofSeconds(20), () -> ear.messages.size() == 2);
        assertThat(ear.messages.get(1).message().payload()).isEqualTo(large);
    }

    private PahoLink link(BrokerSettings settings) {
        return new PahoLink(settings, timers, new Random(7));
    }

    private static BrokerSettings settings(URI uri) {
        return settings("dev1", uri);
    }

    private static BrokerSettings settings(String clientId, URI uri) {
        return new BrokerSettings(
                List.of(uri),
                clientId,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Message message(String topic) {
        return new Message(topic, "hello".getBytes(UTF_8), 1, false, Message.Properties.NONE);
    }
}
