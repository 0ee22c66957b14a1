package io.efka.agent.health;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Connects a health check to whichever address of the service's host answers. */
final class ProbeSocket {
    private ProbeSocket() {}

    /**
     * Tries the addresses in turn; each has an equal part of the time that is left.
     *
     * @return a connected socket, closed when the question is late
     * @throws SocketTimeoutException when the time was over before all had refused
     */
    static Socket connect(String host, int port, Duration timeout, PendingProbe pending) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        InetAddress[] addresses = InetAddress.getAllByName(host);
        for (int i = 0; ; i++) {
            int left = addresses.length - i;
            long share = Math.max(1, (deadline - System.nanoTime()) / left / 1_000_000);
            Socket socket = new Socket();
            try {
                pending.whenLate(() -> close(socket));
                socket.connect(new InetSocketAddress(addresses[i], port), Math.toIntExact(share));
                return socket;
            } catch (IOException e) {
                close(socket);
                if (left == 1) throw e;
            }
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException closed) {
            // it is over either way
        }
    }
}
