package io.efka.it.proxy;

import static io.efka.it.proxy.Match.any;
import static io.efka.it.proxy.Match.fromBroker;
import static io.efka.it.proxy.Match.fromClient;
import static io.efka.it.proxy.PacketType.CONNACK;
import static io.efka.it.proxy.PacketType.CONNECT;
import static io.efka.it.proxy.PacketType.PINGRESP;
import static io.efka.it.proxy.PacketType.PUBLISH;
import static io.efka.it.proxy.PacketType.SUBACK;
import static io.efka.it.proxy.PacketType.SUBSCRIBE;

import io.efka.it.proxy.Quirk.Action;
import io.efka.it.proxy.Quirk.OnPacket;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * The table of what a broker, or the network before it, can do wrong. Each entry is a new quirk; several make one broker.
 * Reason codes are those of MQTT 5.
 */
public final class Quirks {
    public static final int UNSPECIFIED = 0x80;
    public static final int IMPLEMENTATION_SPECIFIC = 0x83;
    public static final int UNSUPPORTED_PROTOCOL_VERSION = 0x84;
    public static final int BAD_USER_OR_PASSWORD = 0x86;
    public static final int NOT_AUTHORIZED = 0x87;
    public static final int SESSION_TAKEN_OVER = 0x8E;
    public static final int RECEIVE_MAXIMUM_EXCEEDED = 0x93;
    public static final int PACKET_TOO_LARGE = 0x95;
    public static final int QUOTA_EXCEEDED = 0x97;
    public static final int RETAIN_NOT_SUPPORTED = 0x9A;
    public static final int QOS_NOT_SUPPORTED = 0x9B;
    public static final int WILDCARDS_NOT_SUPPORTED = 0xA2;

    private static final int REFUSED_BY_311 = 0x01;
    private static final int MQTT_5 = 5;
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

    private Quirks() {}

    // ---- packets that get lost, or late

    /** They never arrive. */
    public static OnPacket drop(Match match) {
        return new OnPacket(match, (packet, connection) -> Optional.empty());
    }

    /** They, and all behind them, arrive so much later. */
    public static OnPacket delay(Match match, Duration time) {
        long nanos = Math.min(time.toNanos(), LONGEST_DELAY.toNanos());
        return new OnPacket(match, (packet, connection) -> {
            LockSupport.parkNanos(nanos);
            return Optional.of(packet);
        });
    }

    /** Every connection goes silent both ways, and stays open. */
    public static List<Quirk> halfOpen() {
        Action silence = (packet, connection) -> {
            connection.fallSilent();
            return Optional.empty();
        };
        return List.of(
                new OnPacket(any(Direction.FROM_CLIENT), silence), new OnPacket(any(Direction.FROM_BROKER), silence));
    }

    // ---- links that are cut

    /** The link is reset in place of the packet. */
    public static OnPacket cutBefore(Match match) {
        return new OnPacket(match, (packet, connection) -> {
            connection.reset();
            return Optional.empty();
        });
    }

    /** The packet arrives, and then the link is reset. */
    public static OnPacket cutAfter(Match match) {
        return new OnPacket(match, (packet, connection) -> {
            connection.forward(match.direction(), packet);
            connection.reset();
            return Optional.empty();
        });
    }

    /** All links are reset in this rhythm. */
    public static Quirk cutEvery(Duration period) {
        return new Quirk.PeriodicCut(period);
    }

    /** The broker ends the connection with a DISCONNECT. */
    public static OnPacket disconnect(Match match, int reasonCode) {
        return new OnPacket(match, (packet, connection) -> {
            connection.answer(Packet.disconnect(reasonCode));
            connection.hangUp();
            return Optional.empty();
        });
    }

    // ---- a broker that lets nobody in

    /** Nobody listens at its port. */
    public static Quirk connectionRefused() {
        return new Quirk.NobodyListens();
    }

    /** CONNECT is answered with this, and no more. */
    public static OnPacket connectRefused(int reasonCode) {
        return new OnPacket(fromClient(CONNECT), (packet, connection) -> refuse(connection, reasonCode));
    }

    /** A broker that knows MQTT 3.1.1 only and says so as MQTT 5 would have it. */
    public static OnPacket only311() {
        return connectionOf5(Packet.connack(UNSUPPORTED_PROTOCOL_VERSION));
    }

    /** A broker that knows MQTT 3.1.1 only and says so in its own way, which has no properties. */
    public static OnPacket only311InItsForm() {
        return connectionOf5(Packet.connack311(REFUSED_BY_311));
    }

    private static OnPacket connectionOf5(Packet answer) {
        Match match = fromClient(CONNECT).where(packet -> packet.protocolLevel() == MQTT_5);
        return new OnPacket(match, (packet, connection) -> {
            connection.answer(answer);
            connection.hangUp();
            return Optional.empty();
        });
    }

    private static Optional<Packet> refuse(ProxyConnection connection, int reasonCode) throws IOException {
        connection.answer(Packet.connack(reasonCode));
        connection.hangUp();
        return Optional.empty();
    }

    // ---- a broker that takes some things and not others

    /** A PUBLISH at QoS 1 is answered with this, and goes nowhere. */
    public static OnPacket publishRefused(Match match, int reasonCode) {
        return new OnPacket(match.atQos(1), (packet, connection) -> {
            connection.answer(Packet.puback(packet.id(), reasonCode));
            return Optional.empty();
        });
    }

    /** Filters for which this holds are refused; the broker never learns of them. */
    public static OnPacket subscriptionRefused(Predicate<String> filter, int reasonCode) {
        Match match = fromClient(SUBSCRIBE)
                .where(packet -> packet.filters().stream().anyMatch(one -> filter.test(one.topic())));
        return new OnPacket(match, (packet, connection) -> {
            List<Packet.Filter> asked = packet.filters();
            List<Packet.Filter> taken =
                    asked.stream().filter(one -> !filter.test(one.topic())).toList();
            byte[] codes = new byte[asked.size()];
            for (int i = 0; i < codes.length; i++) {
                codes[i] = (byte) (filter.test(asked.get(i).topic()) ? reasonCode : 0);
            }
            if (taken.isEmpty()) {
                connection.answer(Packet.suback(packet.id(), codes));
                return Optional.empty();
            }
            connection.correct(packet.id(), suback -> Packet.suback(suback.id(), merged(codes, suback.subackCodes())));
            return Optional.of(packet.withFilters(taken));
        });
    }

    private static byte[] merged(byte[] refused, byte[] granted) {
        byte[] all = refused.clone();
        int next = 0;
        for (int i = 0; i < all.length; i++) if (all[i] == 0) all[i] = granted[next++];
        return all;
    }

    // ---- limits that are announced

    /** The CONNACK has this number; what is done about it is another quirk. */
    public static OnPacket announce(Announcement what, long value) {
        return new OnPacket(fromBroker(CONNACK), (packet, connection) -> Optional.of(what.in(packet, value)));
    }

    /** The CONNACK says that the client is called that. */
    public static OnPacket assignClientId(String id) {
        return new OnPacket(
                fromBroker(CONNACK), (packet, connection) -> Optional.of(Announcement.assignedClientId(packet, id)));
    }

    // ---- limits that are enforced, announced or not

    /** As Mosquitto with {@code message_size_limit}: PUBACK 0x95, and a link that is cut, as Paho makes of it. */
    public static OnPacket messageSizeLimit(int payloadBytes) {
        Match match = fromClient(PUBLISH).where(packet -> packet.payload().length > payloadBytes);
        return new OnPacket(match, (packet, connection) -> {
            if (packet.qos() == 1) connection.answer(Packet.puback(packet.id(), PACKET_TOO_LARGE));
            connection.hangUp();
            return Optional.empty();
        });
    }

    /** As Mosquitto with {@code max_packet_size}, and the standard: DISCONNECT 0x95. */
    public static OnPacket packetSizeLimit(int bytes) {
        return disconnect(fromClient(PUBLISH).where(packet -> packet.size() > bytes), PACKET_TOO_LARGE);
    }

    /** More unacknowledged messages than this are a DISCONNECT 0x93. */
    public static OnPacket receiveMaximum(int messages) {
        return disconnect(fromClient(PUBLISH).beyond(messages), RECEIVE_MAXIMUM_EXCEEDED);
    }

    /** A broker without retained messages: a retained will is a CONNACK 0x9A, a retained PUBLISH a DISCONNECT 0x9A. */
    public static List<Quirk> noRetain() {
        return List.of(
                new OnPacket(
                        fromClient(CONNECT).where(Packet::willIsRetained),
                        (packet, connection) -> refuse(connection, RETAIN_NOT_SUPPORTED)),
                announce(Announcement.RETAIN_AVAILABLE, 0),
                disconnect(fromClient(PUBLISH).where(Packet::isRetained), RETAIN_NOT_SUPPORTED));
    }

    /** A broker without QoS 1 and 2: the same with 0x9B. */
    public static List<Quirk> noQos() {
        return List.of(
                new OnPacket(
                        fromClient(CONNECT).where(packet -> packet.willQos() > 0),
                        (packet, connection) -> refuse(connection, QOS_NOT_SUPPORTED)),
                announce(Announcement.MAXIMUM_QOS, 0),
                disconnect(fromClient(PUBLISH).where(packet -> packet.qos() > 0), QOS_NOT_SUPPORTED));
    }

    /** A broker without wildcards in filters. */
    public static List<Quirk> noWildcards() {
        return List.of(
                announce(Announcement.WILDCARDS_AVAILABLE, 0),
                subscriptionRefused(filter -> filter.contains("+") || filter.contains("#"), WILDCARDS_NOT_SUPPORTED));
    }

    /** Keep-alives are not answered. */
    public static OnPacket noPingResponses() {
        return drop(fromBroker(PINGRESP));
    }

    /** Subscriptions are never confirmed. */
    public static OnPacket noSuback() {
        return drop(fromBroker(SUBACK));
    }
}
