package io.efka.mqtt.paho;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;

/** Just enough of a broker to misbehave: what it grants and sends is given in bytes. */
final class ScriptedBroker implements AutoCloseable {
    static final int CONNECT = 1;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int SUBSCRIBE = 8;
    static final int PINGREQ = 12;
    static final int DISCONNECT = 14;

    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    static final int NEVER = -1;
    static final int CUT = -2;

    private final byte[] granted;
    private final boolean silent;
    private final List<Packet> packets = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger subscribes = new AtomicInteger();
    private volatile ToIntFunction<Packet> puback = publish -> 0;
    private volatile Suback suback = (number, filters) -> new int[filters];
    private volatile byte[] connack = new byte[0];

    /** The codes that answer a subscribe, the first of which is number 1; none: it is never answered. */
    interface Suback {
        int[] codes(int number, int filters);
    }

    private ScriptedBroker(byte[] granted, boolean silent) throws IOException {
        this.granted = granted;
        this.silent = silent;
        start(this::accept);
    }

    /** Grants these CONNACK properties, each number one byte. */
    static ScriptedBroker granting(int... properties) throws IOException {
        return new ScriptedBroker(bytes(properties), false);
    }

    /** Answers every publish with this reason code. */
    static ScriptedBroker acknowledgingWith(int code) throws IOException {
        return granting().answering(publish -> code);
    }

    /** Takes publishes and never acknowledges one. */
    static ScriptedBroker acknowledgingNothing() throws IOException {
        return acknowledgingWith(NEVER);
    }

    /** Accepts and never says a word. */
    static ScriptedBroker silent() throws IOException {
        return new ScriptedBroker(new byte[0], true);
    }

    /**
     * Answers publishes with what is said of each: a reason code, {@link #NEVER}, or {@link #CUT} instead of an answer.
     */
    ScriptedBroker answering(ToIntFunction<Packet> reasonCode) {
        puback = reasonCode;
        return this;
    }

    /** Answers subscribes with these codes. */
    ScriptedBroker subscribing(Suback codes) {
        suback = codes;
        return this;
    }

    /** Answers a connect with these bytes, behind the packet's length. */
    ScriptedBroker greeting(int... body) {
        connack = bytes(body);
        return this;
    }

    URI uri() {
        return URI.create("tcp://127.0.0.1:" + server.getLocalPort());
    }

    /** What came, of this type. */
    List<Packet> received(int type) {
        return packets.stream().filter(p -> p.type() == type).toList();
    }

    /** Sends a packet on the newest connection. */
    void send(int firstByte, byte[] body) throws IOException {
        write(sockets.get(sockets.size() - 1).getOutputStream(), firstByte, body);
    }

    void cut() throws IOException {
        for (Socket socket : sockets) socket.close();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new DataInputStream(socket.getInputStream());
            while (true) {
                int first = in.readUnsignedByte();
                byte[] body = in.readNBytes(length(in));
                packets.add(new Packet(first >> 4, first & 0x0F, body, System.nanoTime()));
                if (!silent) answer(socket.getOutputStream(), first, body);
            }
        } catch (IOException e) {
            // Gone.
        }
    }

    private void answer(OutputStream out, int first, byte[] body) throws IOException {
        switch (first >> 4) {
            case CONNECT -> write(out, 0x20, connack.length > 0 ? connack : accepting());
            case SUBSCRIBE -> {
                int[] codes = suback.codes(
                        subscribes.incrementAndGet(),
                        new Packet(SUBSCRIBE, 0, body, 0).filters().size());
                if (codes.length > 0) write(out, 0x90, concat(new byte[] {body[0], body[1], 0}, bytes(codes)));
            }
            case PINGREQ -> write(out, 0xD0, new byte[0]);
            case PUBLISH -> {
                var publish = new Packet(PUBLISH, first & 0x0F, body, 0);
                int code = puback.applyAsInt(publish);
                if (code == CUT) throw new EOFException("cut by the script");
                int topic = publish.topicBytes();
                if (publish.qos() > 0 && code != NEVER) {
                    write(out, 0x40, new byte[] {body[2 + topic], body[3 + topic], (byte) code, 0});
                }
            }
            default -> {}
        }
    }

    private byte[] accepting() {
        return concat(new byte[] {0, 0, (byte) granted.length}, granted);
    }

    private static void write(OutputStream out, int firstByte, byte[] body) throws IOException {
        var packet = new ByteArrayOutputStream();
        packet.write(firstByte);
        int rest = body.length;
        do {
            packet.write(rest > 127 ? (rest & 0x7F) | 0x80 : rest);
            rest >>= 7;
        } while (rest > 0);
        packet.write(body);
        synchronized (out) {
            out.write(packet.toByteArray());
        }
    }

    private static int length(DataInputStream in) throws IOException {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            int next = in.readUnsignedByte();
            value |= (next & 0x7F) << shift;
            if (next < 128) return value;
        }
    }

    static byte[] concat(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.writeBytes(part);
        return all.toByteArray();
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) bytes[i] = (byte) values[i];
        return bytes;
    }

    /** A string as MQTT writes it. */
    static byte[] string(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        return concat(bytes(utf8.length >> 8, utf8.length), utf8);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "scripted-broker");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }

    /**
     * One packet, without its length.
     *
     * @param nanos when it arrived, before it was answered
     */
    record Packet(int type, int flags, byte[] body, long nanos) {
        /** Of a publish. */
        String topic() {
            return new String(body, 2, topicBytes(), UTF_8);
        }

        private int topicBytes() {
            return number(0);
        }

        private int number(int at) {
            return ((body[at] & 0xFF) << 8) | (body[at + 1] & 0xFF);
        }

        /** Of a publish. */
        int qos() {
            return (flags & 0x06) >> 1;
        }

        /** Of a publish. */
        boolean retain() {
            return (flags & 0x01) != 0;
        }

        /** Of a subscribe without properties. */
        List<String> filters() {
            var filters = new ArrayList<String>();
            for (int at = 3; at < body.length; at += 3 + number(at)) {
                filters.add(new String(body, at + 2, number(at), UTF_8));
            }
            return filters;
        }
    }
}
