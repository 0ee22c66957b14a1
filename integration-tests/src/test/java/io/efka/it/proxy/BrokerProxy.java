package io.efka.it.proxy;

import io.efka.it.Brokers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * An MQTT proxy in front of a real broker that reads every packet both ways, and misbehaves as its table of quirks says.
 * Without a quirk it changes nothing. The quirks are asked in the order in which they were switched on, and can be
 * switched on and off at any time. Thread-safe.
 */
public final class BrokerProxy implements AutoCloseable {
    private static final int MAX_QUIRKS = 64;
    private static final int MAX_CONNECTIONS = 100;
    private static final Duration LISTEN_LIMIT = Duration.ofSeconds(5);

    private final int brokerPort;
    private final int port;
    private final List<Quirk> quirks = new CopyOnWriteArrayList<>();
    private final Set<ProxyConnection> connections = ConcurrentHashMap.newKeySet();
    private final Map<Quirk, ScheduledFuture<?>> tasks = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "proxy-timer");
        thread.setDaemon(true);
        return thread;
    });
    private Optional<Listening> server = Optional.empty();

    private record Listening(ServerSocket socket, Thread accepting) {
        /** While a thread is still in {@code accept}, the kernel takes connections for a moment after the close. */
        void stop() throws IOException {
            socket.close();
            try {
                accepting.join(LISTEN_LIMIT.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean isClosed;

    /** @param brokerPort of a broker on this machine; it may come and go */
    public BrokerProxy(int brokerPort) {
        this.brokerPort = brokerPort;
        this.port = Brokers.freePort();
        listen();
    }

    public int port() {
        return port;
    }

    public String uri() {
        return "tcp://127.0.0.1:" + port;
    }

    /** Switches a quirk on; returns it, for its count. */
    public <Q extends Quirk> Q add(Q quirk) {
        if (quirks.size() == MAX_QUIRKS) throw new IllegalStateException("more than " + MAX_QUIRKS + " quirks");
        quirks.add(quirk);
        quirk.begin(this);
        return quirk;
    }

    /** Switches a quirk off. Does nothing if it is not on. */
    public void remove(Quirk quirk) {
        if (quirks.remove(quirk)) quirk.end(this);
    }

    /** Switches all quirks off. Connections that fell silent stay so: use {@link #reset} to end them. */
    public void calm() {
        for (Quirk quirk : quirks) remove(quirk);
    }

    /** Resets all connections; returns how many there were. */
    public int reset() {
        int count = 0;
        for (ProxyConnection connection : List.copyOf(connections)) {
            if (!connections.remove(connection)) continue;
            connection.reset();
            count++;
        }
        return count;
    }

    /** How many connections there are now. */
    public int connections() {
        return connections.size();
    }

    // ---- for connections and quirks

    /** Asks all quirks in turn; what one of them makes of a packet is what the next one sees. */
    Optional<Packet> pass(Direction direction, Packet packet, ProxyConnection connection) throws IOException {
        Optional<Packet> rest = Optional.of(packet);
        for (Quirk quirk : quirks) {
            rest = quirk.see(direction, rest.get(), connection);
            if (rest.isEmpty()) break;
        }
        return rest;
    }

    void forget(ProxyConnection connection) {
        connections.remove(connection);
    }

    /** Runs a task for a quirk until it is stopped. */
    void every(Duration period, Quirk quirk, Runnable task) {
        long nanos = period.toNanos();
        tasks.put(quirk, timer.scheduleAtFixedRate(task, nanos, nanos, TimeUnit.NANOSECONDS));
    }

    void stopTask(Quirk quirk) {
        ScheduledFuture<?> task = tasks.remove(quirk);
        if (task != null) task.cancel(false);
    }

    synchronized void stopListening() {
        try {
            if (server.isPresent()) server.get().stop();
            server = Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized void listen() {
        if (isClosed || server.isPresent()) return;
        long deadline = System.nanoTime() + LISTEN_LIMIT.toNanos();
        while (true) {
            try {
                var socket = new ServerSocket();
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
                server = Optional.of(new Listening(socket, start("proxy-accept", () -> accept(socket))));
                return;
            } catch (IOException e) {
                // Somebody may be looking whether the port is free.
                if (System.nanoTime() > deadline) throw new UncheckedIOException(e);
                Thread.onSpinWait();
            }
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                connect(socket.accept());
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    /** Where the broker is not there, the client is let in and let go, as by a container's port that nobody serves. */
    private void connect(Socket client) throws IOException {
        if (connections.size() >= MAX_CONNECTIONS) {
            client.close();
            return;
        }
        try {
            var broker = new Socket(InetAddress.getLoopbackAddress(), brokerPort);
            var connection = new ProxyConnection(client, broker, this);
            connections.add(connection);
            connection.start();
        } catch (IOException e) {
            client.close();
        }
    }

    static Thread start(String name, Runnable task) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
        }
        calm();
        stopListening();
        timer.shutdownNow();
        reset();
    }
}
