package io.efka.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.demo.EmbeddedBroker.BrokerException;
import java.io.DataOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EmbeddedBrokerTest {
    private static final List<EmbeddedBroker> BROKERS = new ArrayList<>();

    private final List<Client> clients = new ArrayList<>();

    @BeforeAll
    static void startOne() throws BrokerException {
        BROKERS.add(EmbeddedBroker.start(0, 0));
    }

    @AfterAll
    static void stopIt() {
        BROKERS.forEach(EmbeddedBroker::close);
        BROKERS.clear();
    }

    @AfterEach
    void disconnect() {
        clients.forEach(Client::close);
    }

    @Nested
    class Messages {
        @Test
        void retainedOnesReachWhoComesLater() throws Exception {
            connect("early").publish("retained/a.b", "kept", true);

            Client late = connect("late");
            late.subscribe("retained/+");

            assertThat(late.next()).hasValue("retained/a.b kept");
        }

        @ParameterizedTest
        @ValueSource(strings = {"#", "+/+/kept", "first/#", "+/second/#", "first/second/kept"})
        void retainedOnesReachEveryFilterThatMatches(String filter) throws Exception {
            connect("keeper").publish("first/second/kept", "for " + filter, true);

            Client late = connect("late");
            late.subscribe(filter);

            assertThat(late.until("first/second/kept for " + filter)).isTrue();
        }

        @ParameterizedTest
        @ValueSource(strings = {"+", "+/other/#", "+/+", "+/+/kept/+"})
        void retainedOnesReachNoOtherFilter(String filter) throws Exception {
            connect("keeper").publish("first/second/kept", "for nobody", true);
            Client late = connect("late");
            late.subscribe(filter);
            late.subscribe("end/of/test");

            connect("ender").publish("end/of/test", "reached", false);

            assertThat(late.until("first/second/kept for nobody", "end/of/test reached"))
                    .isFalse();
        }

        @Test
        void aDotIsPartOfANameAndNoSeparator() throws Exception {
            Client client = connect("dots");
            client.subscribe("efka/a/b/x");
            client.subscribe("efka/+/y");

            client.publish("efka/a.b/x", "dotted", false);
            client.publish("efka/a/b/y", "too deep", false);
            client.publish("efka/c.d-e_f/y", "one level", false);

            assertThat(client.next()).hasValue("efka/c.d-e_f/y one level");
        }

        @Test
        void oneWithANulInItsTopicIsNotPassedOn() throws Exception {
            Client client = connect("listener");
            client.subscribe("nul/+");
            byte[] topic = "nul/a\0b".getBytes(UTF_8);
            try (var socket = new Socket("127.0.0.1", BROKERS.get(0).port());
                    var out = new DataOutputStream(socket.getOutputStream())) {
                socket.setSoTimeout(5_000);
                out.write(new byte[] {0x10, 15, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 30, 0, 3, 'r', 'a', 'w'});
                socket.getInputStream().readNBytes(4);
                out.write(new byte[] {0x30, (byte) (2 + topic.length)});
                out.writeShort(topic.length);
                out.write(topic);
                assertThat(socket.getInputStream().read())
                        .as("the connection is ended")
                        .isEqualTo(-1);
            }
            connect("other").publish("nul/legal", "after it", false);
            assertThat(client.next()).hasValue("nul/legal after it");
        }

        @Test
        void requestsCarryWhereAndHowToAnswer() throws Exception {
            Client responder = connect("responder");
            responder.subscribe("ping");
            var request = new MqttMessage("hi".getBytes(UTF_8));
            request.setQos(1);
            var properties = new MqttProperties();
            properties.setResponseTopic("pong/a.b");
            properties.setCorrelationData("abc".getBytes(UTF_8));
            request.setProperties(properties);

            connect("requester").client.publish("ping", request).waitForCompletion(5_000);

            responder.next();
            MqttProperties arrived = responder.last.getProperties();
            assertThat(arrived.getResponseTopic()).isEqualTo("pong/a.b");
            assertThat(arrived.getCorrelationData()).isEqualTo("abc".getBytes(UTF_8));
        }

        @Test
        void ofThreeHundredKilobytesPass() throws Exception {
            Client client = connect("big");
            client.subscribe("big");

            client.publish("big", "x".repeat(300_000), false);

            assertThat(client.next().orElse("")).hasSize("big ".length() + 300_000);
        }

        @Test
        void passBetweenWebSocketAndTcp() throws Exception {
            Client web = connect("web", BROKERS.get(0).webSocketUri(), true);
            web.subscribe("crossing");

            connect("plain").publish("crossing", "hello", false);

            assertThat(web.next()).hasValue("crossing hello");
        }
    }

    @Nested
    class Browsers {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "https://evil.example",
                    "http://localhost.evil.example",
                    "http://127.0.0.1.evil.example:8089",
                    "http://evil.example/http://localhost",
                    "null",
                    ""
                })
        void pagesFromElsewhereAreKeptOut(String origin) {
            for (URI uri : webSocketAddresses()) {
                assertThatThrownBy(() -> clients.add(new Client("site", uri, true, Map.of("Origin", origin))))
                        .as(uri + " from " + origin)
                        .isInstanceOf(MqttException.class);
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"http://127.0.0.1:8089", "http://localhost:3000", "http://[::1]:8089", "https://localhost"})
        void pagesOfThisMachineAreLetIn(String origin) throws Exception {
            for (URI uri : webSocketAddresses()) {
                var page = new Client("page", uri, true, Map.of("Origin", origin));
                clients.add(page);
                page.subscribe("from/page");
                page.publish("from/page", "hello", false);
                assertThat(page.next()).hasValue("from/page hello");
            }
        }

        /** The port for TCP speaks WebSocket as well. */
        private List<URI> webSocketAddresses() {
            EmbeddedBroker broker = BROKERS.get(0);
            return List.of(broker.webSocketUri(), URI.create("ws://127.0.0.1:" + broker.port() + "/mqtt"));
        }
    }

    @Nested
    class Sessions {
        @Test
        void whatCameWhileAwayIsDeliveredLater() throws Exception {
            Client away = connect("sleeper", BROKERS.get(0).uri(), false);
            away.subscribe("sleep/+");
            away.close();
            connect("waker").publish("sleep/1", "while away", false);

            Client back = connect("sleeper", BROKERS.get(0).uri(), false);

            assertThat(back.sessionPresent).isTrue();
            assertThat(back.next()).hasValue("sleep/1 while away");
        }

        @Test
        void theWillOfALostClientIsPublished() throws Exception {
            Client heir = connect("heir");
            heir.subscribe("will/mortal");

            connect("mortal").client.disconnectForcibly(0, 100, false);

            assertThat(heir.next()).hasValue("will/mortal of mortal");
        }

        @Test
        void noTopicAliasesAreGranted() throws Exception {
            assertThat(connect("aliases").topicAliasMaximum).isZero();
        }
    }

    @Nested
    class Ports {
        @Test
        void freeOnesAreChosenAndTold() {
            EmbeddedBroker broker = BROKERS.get(0);

            assertThat(broker.uri()).isEqualTo(URI.create("tcp://127.0.0.1:" + broker.port()));
            assertThat(broker.webSocketUri())
                    .isEqualTo(URI.create("ws://127.0.0.1:" + broker.webSocketPort() + "/mqtt"));
            assertThat(broker.port()).isPositive().isNotEqualTo(broker.webSocketPort());
        }

        @Test
        void oneThatIsTakenIsRefusedWithTheOptionToUse() throws Exception {
            try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
                int port = taken.getLocalPort();

                assertThatThrownBy(() -> EmbeddedBroker.start(port, 0))
                        .isInstanceOf(BrokerException.class)
                        .hasMessageContaining("port " + port + " cannot be used")
                        .hasMessageContaining("--port PORT");
                assertThatThrownBy(() -> EmbeddedBroker.start(0, port)).hasMessageContaining("--ws-port PORT");
            }
        }

        @Test
        void areFreeAgainOnceItIsClosed() throws Exception {
            EmbeddedBroker first = EmbeddedBroker.start(0, 0);
            first.close();
            first.close();

            try (EmbeddedBroker second = EmbeddedBroker.start(first.port(), first.webSocketPort())) {
                assertThat(second.port()).isEqualTo(first.port());
            }
        }
    }

    private Client connect(String id) throws MqttException {
        return connect(id, BROKERS.get(0).uri(), true);
    }

    private Client connect(String id, URI uri, boolean clean) throws MqttException {
        var client = new Client(id, uri, clean);
        clients.add(client);
        return client;
    }

    /** A client that remembers what it gets. */
    private static final class Client implements MqttCallback {
        private final MqttAsyncClient client;
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        private final boolean sessionPresent;
        private final int topicAliasMaximum;
        private volatile MqttMessage last = new MqttMessage();

        Client(String id, URI uri, boolean clean) throws MqttException {
            this(id, uri, clean, Map.of());
        }

        Client(String id, URI uri, boolean clean, Map<String, String> headers) throws MqttException {
            client = new MqttAsyncClient(uri.toString(), id, new MemoryPersistence());
            client.setCallback(this);
            var options = new MqttConnectionOptions();
            options.setCleanStart(clean);
            options.setCustomWebSocketHeaders(headers);
            options.setSessionExpiryInterval(100L);
            options.setWill(
                    "will/" + id, new MqttMessage(("of " + id).getBytes(UTF_8), 1, false, new MqttProperties()));
            IMqttToken token = client.connect(options);
            token.waitForCompletion(5_000);
            sessionPresent = token.getSessionPresent();
            topicAliasMaximum = Optional.ofNullable(
                            token.getResponseProperties().getTopicAliasMaximum())
                    .orElse(0);
        }

        void subscribe(String filter) throws MqttException {
            client.subscribe(filter, 1).waitForCompletion(5_000);
        }

        void publish(String topic, String text, boolean retain) throws MqttException {
            client.publish(topic, text.getBytes(UTF_8), 1, retain).waitForCompletion(5_000);
        }

        Optional<String> next() throws InterruptedException {
            return Optional.ofNullable(received.poll(5, TimeUnit.SECONDS));
        }

        /** Whether {@code wanted} arrives, among others. */
        boolean until(String wanted) throws InterruptedException {
            return until(wanted, "none");
        }

        /** Whether {@code wanted} arrives before {@code last}. */
        boolean until(String wanted, String last) throws InterruptedException {
            for (Optional<String> one = next(); one.isPresent(); one = next()) {
                if (one.get().equals(wanted)) return true;
                if (one.get().equals(last)) return false;
            }
            return false;
        }

        void close() {
            try {
                if (client.isConnected()) client.disconnect().waitForCompletion(5_000);
                client.close();
            } catch (MqttException e) {
                // it was lost on purpose
            }
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            last = message;
            received.add(topic + " " + new String(message.getPayload(), UTF_8));
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {}

        @Override
        public void mqttErrorOccurred(MqttException exception) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String uri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }
}
