package io.efka.it.proxy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One MQTT 5 control packet as it is on the wire.
 *
 * @param flags the low four bits of its first byte
 * @param body what follows the length
 */
public record Packet(PacketType type, int flags, byte[] body) {
    /** More than any test sends: what claims to be larger is no MQTT. */
    private static final int LARGEST = 16 << 20;

    private static final int SUBSCRIBE_FLAGS = 2;

    /** One filter of a SUBSCRIBE, with its options byte. */
    public record Filter(String topic, int options) {
        boolean hasWildcard() {
            return topic.contains("+") || topic.contains("#");
        }
    }

    // ---- reading and writing

    /** @return empty at the end of the stream */
    static Optional<Packet> read(InputStream stream) throws IOException {
        int first = stream.read();
        if (first < 0) return Optional.empty();
        int length = readLength(stream);
        if (length > LARGEST) throw new IOException("a packet of " + length + " bytes: at most " + LARGEST);
        byte[] body = stream.readNBytes(length);
        if (body.length < length) throw new EOFException("the stream ended within a packet");
        return Optional.of(new Packet(PacketType.of(first), first & 0x0F, body));
    }

    private static int readLength(InputStream stream) throws IOException {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int next = stream.read();
            if (next < 0) throw new EOFException("the stream ended within a length");
            value |= (next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw new IOException("a length of more than four bytes");
    }

    byte[] bytes() {
        var out = new ByteArrayOutputStream();
        out.write(type.number() << 4 | flags);
        writeLength(out, body.length);
        out.writeBytes(body);
        return out.toByteArray();
    }

    static void writeLength(ByteArrayOutputStream out, int length) {
        int rest = length;
        do {
            int low = rest & 0x7F;
            rest >>= 7;
            out.write(rest > 0 ? low | 0x80 : low);
        } while (rest > 0);
    }

    /** In bytes, as MQTT counts it. */
    public int size() {
        return bytes().length;
    }

    // ---- what is in it

    public int qos() {
        return type == PacketType.PUBLISH ? flags >> 1 & 3 : 0;
    }

    public boolean isRetained() {
        return type == PacketType.PUBLISH && (flags & 1) != 0;
    }

    /** Of a PUBLISH. */
    public String topic() {
        requireType(PacketType.PUBLISH);
        return string(0);
    }

    /** Of a PUBLISH. */
    public byte[] payload() {
        var reader = new BodyReader(body, 2 + unsignedShort(0) + (qos() > 0 ? 2 : 0));
        reader.skip(reader.length());
        return reader.rest();
    }

    /** Of a packet that has one: a PUBLISH above QoS 0, or an answer. */
    public int id() {
        return type == PacketType.PUBLISH ? unsignedShort(2 + unsignedShort(0)) : unsignedShort(0);
    }

    /** Of a PUBACK or a CONNACK. */
    public int reasonCode() {
        if (type == PacketType.CONNACK) return body[1] & 0xFF;
        requireType(PacketType.PUBACK);
        return body.length > 2 ? body[2] & 0xFF : 0;
    }

    /** Of a CONNECT: 5 for MQTT 5, 4 for 3.1.1. */
    public int protocolLevel() {
        requireType(PacketType.CONNECT);
        return body[2 + unsignedShort(0)];
    }

    /** Of a CONNECT: whether it has a will that is to be retained. */
    public boolean willIsRetained() {
        return (connectFlags() & 0x20) != 0;
    }

    /** Of a CONNECT. */
    public int willQos() {
        return connectFlags() >> 3 & 3;
    }

    private int connectFlags() {
        requireType(PacketType.CONNECT);
        return body[3 + unsignedShort(0)];
    }

    /** Of a SUBSCRIBE. */
    public List<Filter> filters() {
        requireType(PacketType.SUBSCRIBE);
        var reader = new BodyReader(body, 2);
        reader.skip(reader.length());
        var filters = new ArrayList<Filter>();
        while (reader.hasMore()) filters.add(new Filter(reader.string(), reader.next()));
        return filters;
    }

    /** Of a SUBACK: a code for each filter. */
    public byte[] subackCodes() {
        requireType(PacketType.SUBACK);
        var reader = new BodyReader(body, 2);
        reader.skip(reader.length());
        return reader.rest();
    }

    private void requireType(PacketType wanted) {
        if (type != wanted) throw new IllegalStateException("no " + wanted + ": " + type);
    }

    private String string(int at) {
        return new String(body, at + 2, unsignedShort(at), StandardCharsets.UTF_8);
    }

    private int unsignedShort(int at) {
        return ((body[at] & 0xFF) << 8) | (body[at + 1] & 0xFF);
    }

    // ---- packets that the proxy makes

    static Packet connack(int reasonCode) {
        return of(PacketType.CONNACK, 0, reasonCode, 0);
    }

    /** In the form of MQTT 3.1.1, which has no properties. */
    static Packet connack311(int returnCode) {
        return of(PacketType.CONNACK, 0, returnCode);
    }

    static Packet puback(int id, int reasonCode) {
        return of(PacketType.PUBACK, id >> 8, id, reasonCode, 0);
    }

    static Packet disconnect(int reasonCode) {
        return of(PacketType.DISCONNECT, reasonCode, 0);
    }

    static Packet suback(int id, byte[] codes) {
        return new Packet(PacketType.SUBACK, 0, concat(new byte[] {(byte) (id >> 8), (byte) id, 0}, codes));
    }

    /** The same SUBSCRIBE with some of its filters only. */
    Packet withFilters(List<Filter> filters) {
        var reader = new BodyReader(body, 2);
        reader.skip(reader.length());
        byte[] head = Arrays.copyOf(body, body.length - reader.rest().length);
        var out = new ByteArrayOutputStream();
        for (Filter filter : filters) {
            byte[] topic = filter.topic().getBytes(StandardCharsets.UTF_8);
            out.write(topic.length >> 8);
            out.write(topic.length);
            out.writeBytes(topic);
            out.write(filter.options());
        }
        return new Packet(type, SUBSCRIBE_FLAGS, concat(head, out.toByteArray()));
    }

    private static Packet of(PacketType type, int... body) {
        byte[] bytes = new byte[body.length];
        for (int i = 0; i < body.length; i++) bytes[i] = (byte) body[i];
        return new Packet(type, 0, bytes);
    }

    static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
