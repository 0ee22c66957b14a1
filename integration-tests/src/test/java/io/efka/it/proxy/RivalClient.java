package io.efka.it.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Another client with the same id, which connects again whenever it is thrown out: both of them flap. */
public final class RivalClient implements AutoCloseable {
    private final int port;
    private final byte[] connect;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean isClosed;
    private volatile Socket socket = new Socket();

    /** @param port of a broker on this machine */
    public RivalClient(int port, String clientId) {
        this.port = port;
        this.connect = connect(clientId);
        BrokerProxy.start("rival-client", this::run);
    }

    /** How often it got in. */
    public int connections() {
        return connections.get();
    }

    private static byte[] connect(String clientId) {
        byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
        var body = new ByteArrayOutputStream();
        // MQTT 5, no clean start, a keep-alive of 30 s, no properties
        body.writeBytes(new byte[] {0, 4, 'M', 'Q', 'T', 'T', 5, 0, 0, 30, 0, 0, (byte) id.length});
        body.writeBytes(id);
        return new Packet(PacketType.CONNECT, 0, body.toByteArray()).bytes();
    }

    private void run() {
        while (!isClosed) {
            try (var fresh = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket = fresh;
                fresh.getOutputStream().write(connect);
                var in = new BufferedInputStream(fresh.getInputStream());
                while (Packet.read(in).filter(this::isWelcome).isPresent()) {}
            } catch (IOException e) {
                // Thrown out.
            }
        }
    }

    private boolean isWelcome(Packet packet) {
        if (packet.type() == PacketType.CONNACK) connections.incrementAndGet();
        return packet.type() != PacketType.DISCONNECT;
    }

    @Override
    public void close() throws IOException {
        isClosed = true;
        socket.close();
    }
}
