package io.efka.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A TCP proxy in front of a broker that cuts its connections when told to. */
public final class FlakyProxy implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final Set<Line> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong fromClients = new AtomicLong();

    /** @param target port on this machine */
    public FlakyProxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("flaky-proxy", this::accept);
    }

    public URI uri() {
        return URI.create("tcp://127.0.0.1:" + server.getLocalPort());
    }

    /** Bytes that clients have sent to the broker. */
    public long bytesFromClients() {
        return fromClients.get();
    }

    /** Resets every connection, with whatever is on its way lost; returns how many there were. */
    public int reset() {
        int count = 0;
        for (Line line : Set.copyOf(open)) {
            if (!open.remove(line)) continue;
            cut(line.client);
            cut(line.broker);
            count++;
        }
        return count;
    }

    private static void cut(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // The other end was faster.
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var line = new Line(server.accept(), new Socket(InetAddress.getLoopbackAddress(), target));
                line.client.setTcpNoDelay(true);
                line.broker.setTcpNoDelay(true);
                open.add(line);
                start("flaky-proxy-up", () -> pump(line, line.client, line.broker));
                start("flaky-proxy-down", () -> pump(line, line.broker, line.client));
            } catch (IOException e) {
                // Closed, or the broker is not there: the client sees it at its next packet.
            }
        }
    }

    private void pump(Line line, Socket from, Socket to) {
        byte[] buffer = new byte[64 * 1024];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
                if (from == line.client) fromClients.addAndGet(count);
            }
        } catch (IOException e) {
            // Cut.
        } finally {
            open.remove(line);
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        reset();
    }

    private record Line(Socket client, Socket broker) {}
}
