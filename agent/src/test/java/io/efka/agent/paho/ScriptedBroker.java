package io.efka.agent.paho;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Just enough of a broker to misbehave: what it grants and sends is given in bytes. */
final class ScriptedBroker implements AutoCloseable {
    static final int CONNECT = 1;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int SUBSCRIBE = 8;
    static final int PINGREQ = 12;
    static final int DISCONNECT = 14;

    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final byte[] granted;
    private final int pubackCode;
    private final boolean silent;
    private final List<Packet> packets = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    private static final int NEVER = -1;

    private ScriptedBroker(byte[] granted, int pubackCode, boolean silent) throws IOException {
        this.granted = granted;
        this.pubackCode = pubackCode;
        this.silent = silent;
        start(this::accept);
    }

    /** Grants these CONNACK properties, each number one byte. */
    static ScriptedBroker granting(int... properties) throws IOException {
        return new ScriptedBroker(bytes(properties), 0, false);
    }

    /** Answers every publish with this reason code. */
    static ScriptedBroker acknowledgingWith(int code) throws IOException {
        return new ScriptedBroker(new byte[0], code, false);
    }

    /** Takes publishes and never acknowledges one. */
    static ScriptedBroker acknowledgingNothing() throws IOException {
        return new ScriptedBroker(new byte[0], NEVER, false);
    }

    /** Accepts and never says a word. */
    static ScriptedBroker silent() throws IOException {
        return new ScriptedBroker(new byte[0], 0, true);
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
                packets.add(new Packet(first >> 4, first & 0x0F, body));
                if (!silent) answer(socket.getOutputStream(), first, body);
            }
        } catch (IOException e) {
            // Gone.
        }
    }

    private void answer(OutputStream out, int first, byte[] body) throws IOException {
        switch (first >> 4) {
            case CONNECT -> write(out, 0x20, concat(new byte[] {0, 0, (byte) granted.length}, granted));
            case SUBSCRIBE -> write(out, 0x90, new byte[] {body[0], body[1], 0, 1});
            case PINGREQ -> write(out, 0xD0, new byte[0]);
            case PUBLISH -> {
                int topic = (body[0] & 0xFF) << 8 | body[1] & 0xFF;
                if ((first & 0x06) != 0 && pubackCode != NEVER) {
                    write(out, 0x40, new byte[] {body[2 + topic], body[3 + topic], (byte) pubackCode, 0});
                }
            }
            default -> {}
        }
    }

    private static void write(OutputStream out, int firstByte, byte[] body) throws IOException {
        var packet = new ByteArrayOutputStream();
        packet.write(firstByte);
        int rest = body.length;
        do {
            packet.write(rest > 127 ? rest & 0x7F | 0x80 : rest);
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

    /** One packet, without its length. */
    record Packet(int type, int flags, byte[] body) {
        /** Of a publish. */
        String topic() {
            int length = (body[0] & 0xFF) << 8 | body[1] & 0xFF;
            return new String(body, 2, length, UTF_8);
        }
    }
}
