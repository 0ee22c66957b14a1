package io.efka.it.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** What a broker says of itself in the properties of its CONNACK, and how to make it say something else. */
public enum Announcement {
    SERVER_KEEP_ALIVE(0x13, 2),
    RECEIVE_MAXIMUM(0x21, 2),
    TOPIC_ALIAS_MAXIMUM(0x22, 2),
    MAXIMUM_QOS(0x24, 1),
    RETAIN_AVAILABLE(0x25, 1),
    MAXIMUM_PACKET_SIZE(0x27, 4),
    WILDCARDS_AVAILABLE(0x28, 1),
    SUBSCRIPTION_IDS_AVAILABLE(0x29, 1),
    SHARED_SUBSCRIPTIONS_AVAILABLE(0x2A, 1),
    SESSION_EXPIRY(0x11, 4);

    private static final int ASSIGNED_CLIENT_ID = 0x12;
    private static final int USER_PROPERTY = 0x26;
    private static final int HEAD = 2;

    private final int property;
    private final int width;

    /** @param width in bytes */
    Announcement(int property, int width) {
        this.property = property;
        this.width = width;
    }

    /** The same CONNACK with another number there. */
    Packet in(Packet connack, long value) {
        byte[] bytes = new byte[width];
        for (int i = 0; i < width; i++) bytes[i] = (byte) (value >> (8 * (width - 1 - i)));
        return with(connack, property, bytes);
    }

    /** The same CONNACK, which tells the client that it is called that. */
    static Packet assignedClientId(Packet connack, String id) {
        byte[] text = id.getBytes(StandardCharsets.UTF_8);
        byte[] length = {(byte) (text.length >> 8), (byte) text.length};
        return with(connack, ASSIGNED_CLIENT_ID, Packet.concat(length, text));
    }

    /** Which number a CONNACK has there; -1: none. */
    long of(Packet connack) {
        byte[] bytes = properties(connack).get(property);
        if (bytes == null) return -1;
        long value = 0;
        for (byte one : bytes) value = (value << 8) | (one & 0xFF);
        return value;
    }

    private static Packet with(Packet connack, int property, byte[] value) {
        Map<Integer, byte[]> properties = properties(connack);
        properties.put(property, value);
        var list = new ByteArrayOutputStream();
        properties.forEach((number, bytes) -> {
            list.write(number);
            list.writeBytes(bytes);
        });
        var body = new ByteArrayOutputStream();
        body.write(connack.body(), 0, HEAD);
        Packet.writeLength(body, list.size());
        body.writeBytes(list.toByteArray());
        return new Packet(PacketType.CONNACK, connack.flags(), body.toByteArray());
    }

    /** By number, as bytes. Of several user properties the last is kept. */
    private static Map<Integer, byte[]> properties(Packet connack) {
        var reader = new BodyReader(connack.body(), HEAD);
        var properties = new TreeMap<Integer, byte[]>();
        int end = reader.length() + reader.position();
        while (reader.position() < end) {
            int number = reader.next();
            int from = reader.position();
            skipValue(reader, number);
            properties.put(number, new BodyReader(connack.body(), from).take(reader.position() - from));
        }
        return properties;
    }

    private static void skipValue(BodyReader reader, int number) {
        for (Announcement known : values()) {
            if (known.property != number) continue;
            reader.skip(known.width);
            return;
        }
        // All others of a CONNACK are texts, or binary data of the same form.
        int texts = number == USER_PROPERTY ? 2 : 1;
        for (int i = 0; i < texts; i++) reader.string();
    }
}
