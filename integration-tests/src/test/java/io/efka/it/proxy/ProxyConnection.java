package io.efka.it.proxy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * A client's connection and the one that the proxy made to the broker for it, with a thread for either direction. What it
 * remembers is bounded by the number of packet ids. Thread-safe.
 */
final class ProxyConnection {
    /** For so long a client that was hung up on may go on talking. */
    private static final int GOODBYE_MS = 5_000;

    private final Socket client;
    private final Socket broker;
    private final BrokerProxy proxy;
    private final Map<Integer, String> topicsFromClient = new ConcurrentHashMap<>();
    private final Map<Integer, String> topicsFromBroker = new ConcurrentHashMap<>();
    private final Map<Integer, UnaryOperator<Packet>> corrections = new ConcurrentHashMap<>();
    private volatile boolean silent;

    ProxyConnection(Socket client, Socket broker, BrokerProxy proxy) throws IOException {
        this.client = client;
        this.broker = broker;
        this.proxy = proxy;
        client.setTcpNoDelay(true);
        broker.setTcpNoDelay(true);
    }

    void start() {
        BrokerProxy.start("proxy-from-client", () -> pump(Direction.FROM_CLIENT, client));
        BrokerProxy.start("proxy-from-broker", () -> pump(Direction.FROM_BROKER, broker));
    }

    private void pump(Direction direction, Socket from) {
        try {
            InputStream in = new BufferedInputStream(from.getInputStream(), 64 * 1024);
            for (Optional<Packet> next = Packet.read(in); next.isPresent(); next = Packet.read(in)) {
                if (!silent) take(direction, next.get());
            }
            if (direction == Direction.FROM_CLIENT) close();
            else if (!silent) hangUp();
        } catch (IOException | RuntimeException e) {
            // Cut, by one of the ends or by a quirk; or a packet that cannot be read: a broker cuts there, too.
            if (direction == Direction.FROM_CLIENT || !silent) reset();
        } finally {
            if (direction == Direction.FROM_CLIENT) proxy.forget(this);
        }
    }

    private void take(Direction direction, Packet packet) throws IOException {
        if (packet.type() == PacketType.PUBLISH && packet.qos() > 0) {
            topics(direction).put(packet.id(), packet.topic());
        }
        Optional<Packet> rest = proxy.pass(direction, packet, this);
        if (rest.isPresent()) forward(direction, rest.get());
    }

    /** A packet with all that a quirk may want to know about it. */
    Match.Subject subject(Direction direction, Packet packet) {
        return new Match.Subject(
                packet, topicOf(direction, packet), topics(direction).size());
    }

    private Optional<String> topicOf(Direction direction, Packet packet) {
        return switch (packet.type()) {
            case PUBLISH -> Optional.of(packet.topic());
            case PUBACK -> Optional.ofNullable(topics(direction.opposite()).get(packet.id()));
            default -> Optional.empty();
        };
    }

    private Map<Integer, String> topics(Direction direction) {
        return direction == Direction.FROM_CLIENT ? topicsFromClient : topicsFromBroker;
    }

    /** The broker's SUBACK with that id is to be changed before it goes on. */
    void correct(int id, UnaryOperator<Packet> correction) {
        corrections.put(id, correction);
    }

    /** Sends a packet on its way, past the quirks. */
    void forward(Direction direction, Packet packet) throws IOException {
        if (direction == Direction.FROM_BROKER) {
            answer(packet.type() == PacketType.SUBACK ? corrected(packet) : packet);
            return;
        }
        if (packet.type() == PacketType.PUBACK) topicsFromBroker.remove(packet.id());
        write(broker, packet);
    }

    private Packet corrected(Packet suback) {
        UnaryOperator<Packet> correction = corrections.remove(suback.id());
        return correction == null ? suback : correction.apply(suback);
    }

    /** Says something to the client in the broker's name. */
    void answer(Packet packet) throws IOException {
        if (packet.type() == PacketType.PUBACK) topicsFromClient.remove(packet.id());
        write(client, packet);
    }

    private static void write(Socket socket, Packet packet) throws IOException {
        OutputStream out = socket.getOutputStream();
        synchronized (socket) {
            out.write(packet.bytes());
        }
    }

    /** From now on nothing comes and nothing goes, and neither end is told. */
    void fallSilent() {
        silent = true;
    }

    /** Ends it as a broker does that has something against the client: what was said to the client still arrives. */
    void hangUp() {
        silent = true;
        try {
            broker.close();
            // The pump reads on until the client closes: a close with unread bytes would be a reset.
            client.setSoTimeout(GOODBYE_MS);
            client.shutdownOutput();
        } catch (IOException e) {
            reset();
        }
    }

    /** Ends it as a broken network does: whatever is on its way is lost. */
    void reset() {
        for (Socket socket : new Socket[] {client, broker}) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // The other end was faster.
            }
        }
    }

    private void close() {
        try {
            client.close();
            broker.close();
        } catch (IOException e) {
            reset();
        }
    }
}
