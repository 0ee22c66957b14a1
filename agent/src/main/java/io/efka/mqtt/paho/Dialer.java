package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Connects to the first address of a host that answers. It tries the next address once one has failed or has not
 * answered for a quarter of a second (RFC 8305). For one use; only {@link #stop} may be called from another thread.
 */
final class Dialer {
    private static final Duration STAGGER = Duration.ofMillis(250);

    private final String host;
    private final int port;
    private final Duration timeout;
    private final BlockingQueue<Result> results = new LinkedBlockingQueue<>();

    @GuardedBy("this") private final List<Socket> attempts = new ArrayList<>();

    @GuardedBy("this") private boolean stopped;

    /** @param timeout for each address */
    Dialer(String host, int port, Duration timeout) {
        this.host = host;
        this.port = port;
        this.timeout = timeout;
    }

    /** The result for one address; its socket is connected unless there is a problem. */
    private record Result(InetAddress address, Socket socket, Optional<IOException> problem) {}

    /** Blocks until an address of the host answers or all have failed. */
    Socket connect() throws IOException {
        return connect(alternating(InetAddress.getAllByName(host)));
    }

    /** Blocks until one of the addresses answers or all have failed. */
    Socket connect(List<InetAddress> addresses) throws IOException {
        if (addresses.size() == 1) return only(attempt(addresses.get(0), newSocket()));
        var waiting = new ArrayDeque<InetAddress>(addresses);
        var problems = new ArrayList<String>();
        try {
            for (int running = 0; ; ) {
                if (!waiting.isEmpty()) {
                    start(waiting.remove());
                    running++;
                }
                Optional<Result> result = next(waiting.isEmpty() ? timeout.plus(STAGGER) : STAGGER);
                if (result.isEmpty()) {
                    if (waiting.isEmpty()) throw unreachable(problems);
                } else if (result.get().problem().isEmpty()) {
                    return kept(result.get().socket());
                } else {
                    problems.add(words(result.get()));
                    running--;
                    if (running == 0 && waiting.isEmpty()) throw unreachable(problems);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while connecting to " + host, e);
        } finally {
            closeOthers();
        }
    }

    /** IPv6 and IPv4 in turn, the family that the system prefers first: one that does not work delays only once. */
    private static List<InetAddress> alternating(InetAddress[] found) {
        Deque<InetAddress> preferred = new ArrayDeque<>();
        Deque<InetAddress> others = new ArrayDeque<>();
        boolean prefersSix = found[0] instanceof Inet6Address;
        for (InetAddress address : Arrays.asList(found)) {
            (address instanceof Inet6Address == prefersSix ? preferred : others).add(address);
        }
        var order = new ArrayList<InetAddress>();
        while (!preferred.isEmpty() || !others.isEmpty()) {
            if (!preferred.isEmpty()) order.add(preferred.remove());
            if (!others.isEmpty()) order.add(others.remove());
        }
        return order;
    }

    private void start(InetAddress address) throws IOException {
        Socket socket = newSocket();
        var thread = new Thread(() -> results.add(attempt(address, socket)), "agent-mqtt-connect");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) {
            throw new IOException("no thread for connecting: " + noThread.getMessage());
        }
    }

    private synchronized Socket newSocket() throws IOException {
        if (stopped) throw new IOException("stopped while connecting");
        Socket socket = new NoDelaySocket();
        attempts.add(socket);
        return socket;
    }

    private Result attempt(InetAddress address, Socket socket) {
        try {
            socket.connect(new InetSocketAddress(address, port), Math.toIntExact(timeout.toMillis()));
            NoDelaySocket.tune(socket);
            return new Result(address, socket, Optional.empty());
        } catch (IOException e) {
            close(socket);
            return new Result(address, socket, Optional.of(e));
        }
    }

    private Socket only(Result result) throws IOException {
        if (result.problem().isPresent()) throw result.problem().get();
        return kept(result.socket());
    }

    private Optional<Result> next(Duration wait) throws InterruptedException {
        return Optional.ofNullable(results.poll(wait.toMillis(), TimeUnit.MILLISECONDS));
    }

    private ConnectException unreachable(List<String> problems) {
        return new ConnectException("no address of " + host + " answers: " + String.join("; ", problems));
    }

    private static String words(Result result) {
        return result.address().getHostAddress() + " "
                + result.problem().map(IOException::getMessage).orElse("");
    }

    private synchronized Socket kept(Socket winner) throws IOException {
        if (stopped) throw new IOException("stopped while connecting");
        attempts.remove(winner);
        return winner;
    }

    private synchronized void closeOthers() {
        attempts.forEach(Dialer::close);
        attempts.clear();
    }

    /** Makes {@link #connect} fail at once. */
    synchronized void stop() {
        stopped = true;
        closeOthers();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // The socket is not used any more.
        }
    }
}
