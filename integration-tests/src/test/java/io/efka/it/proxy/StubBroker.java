package io.efka.it.proxy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A broker that welcomes, confirms and remembers everything, and sends every PUBLISH back. */
final class StubBroker implements AutoCloseable {
    private final ServerSocket server;
    private final List<Packet> received = new CopyOnWriteArrayList<>();

    StubBroker() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        BrokerProxy.start("stub-broker", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    List<Packet> received(PacketType type) {
        return received.stream().filter(packet -> packet.type() == type).toList();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                BrokerProxy.start("stub-broker-connection", () -> serve(socket));
            }
        } catch (IOException closed) {
            // The end.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream());
            for (var next = Packet.read(in); next.isPresent(); next = Packet.read(in)) {
                received.add(next.get());
                answer(socket, next.get());
            }
        } catch (IOException gone) {
            // The client or the proxy ended it.
        }
    }

    private static void answer(Socket socket, Packet packet) throws IOException {
        switch (packet.type()) {
            case CONNECT -> say(socket, Packet.connack(0));
            case SUBSCRIBE ->
                say(socket, Packet.suback(packet.id(), new byte[packet.filters().size()]));
            case PUBLISH -> {
                if (packet.qos() == 1) say(socket, Packet.puback(packet.id(), 0));
                say(socket, packet);
            }
            default -> {}
        }
    }

    private static void say(Socket socket, Packet packet) throws IOException {
        socket.getOutputStream().write(packet.bytes());
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
