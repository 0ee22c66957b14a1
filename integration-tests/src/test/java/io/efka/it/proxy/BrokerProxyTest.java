package io.efka.it.proxy;

import static io.efka.it.proxy.Match.fromBroker;
import static io.efka.it.proxy.Match.fromClient;
import static io.efka.it.proxy.Match.publish;
import static io.efka.it.proxy.PacketType.CONNACK;
import static io.efka.it.proxy.PacketType.CONNECT;
import static io.efka.it.proxy.PacketType.DISCONNECT;
import static io.efka.it.proxy.PacketType.PUBACK;
import static io.efka.it.proxy.PacketType.PUBLISH;
import static io.efka.it.proxy.PacketType.SUBACK;
import static io.efka.it.proxy.PacketType.SUBSCRIBE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.fixtures.Await;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BrokerProxyTest {
    private StubBroker broker;
    private BrokerProxy proxy;

    @BeforeEach
    void start() throws IOException {
        broker = new StubBroker();
        proxy = new BrokerProxy(broker.port());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        broker.close();
    }

    @Test
    void withoutAQuirkEverythingGoesThrough() throws IOException {
        try (Client client = new Client()) {
            client.connect();
            client.say(message("a/b", 1, 7, "hello"));

            assertThat(client.hear(PUBACK).id()).isEqualTo(7);
            assertThat(client.hear(PUBLISH).payload()).isEqualTo(bytes("hello"));
            assertThat(proxy.connections()).isEqualTo(1);
        }
    }

    @Test
    void dropsTheNextAcknowledgementsOfATopicAndCountsThem() throws IOException {
        Quirk lost = proxy.add(Quirks.drop(fromBroker(PUBACK).about("out/+/x")).times(2));
        try (Client client = new Client()) {
            client.connect();
            for (int id = 1; id <= 4; id++) client.say(message(id == 2 ? "other" : "out/1/x", 1, id, ""));

            assertThat(client.hear(PUBACK).id()).isEqualTo(2);
            assertThat(client.hear(PUBACK).id()).isEqualTo(4);
            assertThat(lost.fired()).isEqualTo(2);
        }
    }

    @Test
    void aQuirkThatIsSwitchedOffDoesNothingAnyMore() throws IOException {
        Quirk lost = proxy.add(Quirks.drop(fromClient(PUBLISH)));
        try (Client client = new Client()) {
            client.connect();
            client.say(message("a", 1, 1, ""));
            Await.until("it is dropped", Duration.ofSeconds(5), () -> lost.fired() == 1);
            proxy.calm();
            client.say(message("a", 1, 2, ""));

            assertThat(client.hear(PUBACK).id()).isEqualTo(2);
            assertThat(broker.received(PUBLISH)).hasSize(1);
        }
    }

    @Test
    void aQuirkMayLastForAWhileOnly() throws IOException {
        Quirk lost = proxy.add(Quirks.drop(fromClient(PUBLISH)).lasting(Duration.ofMillis(100)));
        try (Client client = new Client()) {
            client.connect();
            int id = 0;
            while (broker.received(PUBLISH).isEmpty()) client.say(message("a", 1, ++id, ""));

            assertThat(lost.fired()).isPositive();
        }
    }

    @Test
    void delaysWhatMatches() throws IOException {
        proxy.add(Quirks.delay(fromClient(PUBLISH), Duration.ofMillis(150)));
        try (Client client = new Client()) {
            client.connect();
            long begun = System.nanoTime();
            client.say(message("a", 1, 1, ""));
            client.hear(PUBACK);

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(149));
        }
    }

    @ParameterizedTest
    @CsvSource({"0x86", "0x87", "0x97"})
    void answersConnectInPlaceOfTheBroker(String code) throws IOException {
        proxy.add(Quirks.connectRefused(Integer.decode(code)));
        try (Client client = new Client()) {
            client.say(client.hello(5));

            assertThat(client.hear(CONNACK).reasonCode()).isEqualTo(Integer.decode(code));
            assertThat(client.next()).isEmpty();
            assertThat(broker.received(CONNECT)).isEmpty();
        }
    }

    @Test
    void knowsOldMqttOnly() throws IOException {
        proxy.add(Quirks.only311InItsForm());
        try (Client modern = new Client();
                Client old = new Client()) {
            modern.say(modern.hello(5));
            assertThat(modern.hear(CONNACK).bytes()).isEqualTo(new byte[] {0x20, 2, 0, 1});
            old.say(old.hello(4));
            assertThat(old.hear(CONNACK).reasonCode()).isZero();
        }
    }

    @Test
    void refusesAPublishAndSomeFilters() throws IOException {
        proxy.add(Quirks.publishRefused(publish("secret/#"), Quirks.NOT_AUTHORIZED));
        proxy.add(Quirks.subscriptionRefused(filter -> filter.endsWith("#"), Quirks.NOT_AUTHORIZED));
        try (Client client = new Client()) {
            client.connect();
            client.say(message("secret/a", 1, 1, ""));
            assertThat(client.hear(PUBACK).reasonCode()).isEqualTo(Quirks.NOT_AUTHORIZED);
            client.say(subscribe(2, "a", "b/#", "c"));
            assertThat(client.hear(SUBACK).subackCodes()).containsExactly(0, Quirks.NOT_AUTHORIZED, 0);
            client.say(subscribe(3, "d/#"));
            assertThat(client.hear(SUBACK).subackCodes()).containsExactly(Quirks.NOT_AUTHORIZED);

            assertThat(broker.received(SUBSCRIBE)).hasSize(1);
            assertThat(broker.received(SUBSCRIBE).get(0).filters())
                    .extracting(Packet.Filter::topic)
                    .containsExactly("a", "c");
        }
    }

    @ParameterizedTest
    @EnumSource
    void announcesOtherNumbers(Announcement what) throws IOException {
        proxy.add(Quirks.announce(what, 1));
        proxy.add(Quirks.assignClientId("somebody else"));
        try (Client client = new Client()) {
            client.say(client.hello(5));
            assertThat(what.of(client.hear(CONNACK))).isEqualTo(1);
        }
    }

    @Test
    void aMessageTooLargeIsAcknowledgedWithAnErrorAndTheLinkEnds() throws IOException {
        proxy.add(Quirks.messageSizeLimit(10));
        try (Client client = new Client()) {
            client.connect();
            client.say(message("a", 1, 1, "ten bytes."));
            assertThat(client.hear(PUBACK).reasonCode()).isZero();
            client.say(message("a", 1, 2, "eleven bytes"));
            assertThat(client.hear(PUBACK).reasonCode()).isEqualTo(Quirks.PACKET_TOO_LARGE);
            assertThat(client.next()).isEmpty();
        }
    }

    @Test
    void moreMessagesAtOnceThanAllowedEndTheLink() throws IOException {
        proxy.add(Quirks.drop(fromBroker(PUBACK)));
        Quirk limit = proxy.add(Quirks.receiveMaximum(2));
        try (Client client = new Client()) {
            client.connect();
            for (int id = 1; id <= 3; id++) client.say(message("a", 1, id, ""));
            assertThat(client.hear(DISCONNECT).body()[0] & 0xFF).isEqualTo(Quirks.RECEIVE_MAXIMUM_EXCEEDED);
            assertThat(limit.fired()).isEqualTo(1);
        }
    }

    @Test
    void cutsTheLinkBeforeOrAfterAPacket() throws IOException {
        Quirk after = proxy.add(Quirks.cutAfter(publish("after")));
        Quirk before = proxy.add(Quirks.cutBefore(publish("before")).after(1));
        try (Client client = new Client()) {
            client.connect();
            client.say(message("after", 1, 1, ""));
            assertThatThrownBy(client::nextUntilTheEnd).isInstanceOf(SocketException.class);
        }
        try (Client client = new Client()) {
            client.connect();
            client.say(message("before", 1, 1, ""));
            assertThat(client.hear(PUBACK).id()).isEqualTo(1);
            client.say(message("before", 1, 2, ""));
            assertThatThrownBy(client::nextUntilTheEnd).isInstanceOf(SocketException.class);
        }
        Await.until(
                "two have arrived",
                Duration.ofSeconds(5),
                () -> broker.received(PUBLISH).size() == 2);
        assertThat(List.of(after.fired(), before.fired())).containsExactly(1L, 1L);
    }

    @Test
    void cutsInARhythm() throws IOException {
        Quirk cut = proxy.add(Quirks.cutEvery(Duration.ofMillis(50)));
        for (int i = 0; i < 2; i++) {
            try (Client client = new Client()) {
                assertThatThrownBy(client::nextUntilTheEnd).isInstanceOf(SocketException.class);
            }
        }
        Await.until("both are counted", Duration.ofSeconds(5), () -> cut.fired() == 2);
    }

    @Test
    void fallsSilentAndStaysSoUntilItIsReset() throws IOException {
        Quirks.halfOpen().forEach(proxy::add);
        try (Client client = new Client()) {
            client.say(client.hello(5));
            client.expectSilence();
            proxy.calm();
            client.say(client.hello(5));
            client.expectSilence();
            assertThat(proxy.reset()).isEqualTo(1);
        }
        assertThat(broker.received(CONNECT)).isEmpty();
    }

    @Test
    void endsASessionThatIsTakenOver() throws IOException {
        proxy.add(Quirks.disconnect(fromClient(PUBLISH), Quirks.SESSION_TAKEN_OVER));
        try (Client client = new Client()) {
            client.connect();
            client.say(message("a", 0, 0, ""));
            assertThat(client.hear(DISCONNECT).body()[0] & 0xFF).isEqualTo(Quirks.SESSION_TAKEN_OVER);
            assertThat(client.next()).isEmpty();
        }
    }

    @Test
    void refusesConnectionsUntilItIsSwitchedOff() throws IOException {
        Quirk refused = proxy.add(Quirks.connectionRefused());
        assertThatThrownBy(Client::new).isInstanceOf(ConnectException.class);
        proxy.remove(refused);
        try (Client client = new Client()) {
            client.connect();
        }
    }

    @Test
    void aDeadAddressSwallowsWhatIsSentToIt(@TempDir Path folder) throws IOException {
        try (DeadAddress dead = DeadAddress.swallowing(folder, proxy.port());
                var socket = new Socket()) {
            var address = new InetSocketAddress("127.0.0.2", proxy.port());
            assertThat(dead.jvmOption()).contains("hosts");
            assertThatThrownBy(() -> socket.connect(address, 200)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void longPacketsKeepTheirLength() throws IOException {
        for (int size : new int[] {0, 127, 128, 16_383, 16_384, 2_097_152}) {
            Packet packet = message("t", 1, 1, "x".repeat(size));
            Packet read = Packet.read(new ByteArrayInputStream(packet.bytes())).orElseThrow();
            assertThat(read.payload()).hasSize(size);
            assertThat(read.id()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"a/b,a/b,true", "a/+,a/b,true", "a/#,a/b/c,true", "a/#,a,true", "a/+,a/b/c,false", "a,a/b,false"})
    void filtersCoverTopicsAsInMqtt(String filter, String topic, boolean isCovered) {
        assertThat(Match.covers(filter, topic)).isEqualTo(isCovered);
    }

    private static Packet message(String topic, int qos, int id, String payload) {
        var body = new ByteArrayOutputStream();
        string(body, topic);
        if (qos > 0) body.writeBytes(new byte[] {(byte) (id >> 8), (byte) id});
        body.write(0);
        body.writeBytes(bytes(payload));
        return new Packet(PUBLISH, qos << 1, body.toByteArray());
    }

    private static Packet subscribe(int id, String... filters) {
        var body = new ByteArrayOutputStream();
        body.writeBytes(new byte[] {(byte) (id >> 8), (byte) id, 0});
        for (String filter : filters) {
            string(body, filter);
            body.write(1);
        }
        return new Packet(SUBSCRIBE, 2, body.toByteArray());
    }

    private static void string(ByteArrayOutputStream out, String text) {
        out.write(text.length() >> 8);
        out.write(text.length());
        out.writeBytes(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Speaks to the proxy in packets. */
    private final class Client implements AutoCloseable {
        private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        private final InputStream in = new BufferedInputStream(socket.getInputStream());

        Client() throws IOException {
            socket.setSoTimeout(5_000);
        }

        Packet hello(int level) {
            byte[] head = {0, 4, 'M', 'Q', 'T', 'T', (byte) level, 2, 0, 30};
            byte[] clientId = {0, 1, 'c'};
            byte[] rest = level == 5 ? Packet.concat(new byte[] {0}, clientId) : clientId;
            return new Packet(CONNECT, 0, Packet.concat(head, rest));
        }

        void connect() throws IOException {
            say(hello(5));
            assertThat(hear(CONNACK).reasonCode()).isZero();
        }

        void say(Packet packet) throws IOException {
            socket.getOutputStream().write(packet.bytes());
        }

        /** The next packet of that type. */
        Packet hear(PacketType type) throws IOException {
            while (true) {
                Packet packet = next().orElseThrow();
                if (packet.type() == type) return packet;
            }
        }

        Optional<Packet> next() throws IOException {
            return Packet.read(in);
        }

        void nextUntilTheEnd() throws IOException {
            while (next().isPresent()) {}
        }

        void expectSilence() throws IOException {
            socket.setSoTimeout(100);
            assertThatThrownBy(this::next).isInstanceOf(SocketTimeoutException.class);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
