package io.efka.mqtt.paho;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import jdk.net.ExtendedSocketOptions;

/**
 * A socket that delays nothing: no Nagle on our side, and acknowledgements at once, because a broker that keeps Nagle
 * on (Mosquitto as it comes) holds its next packet back until ours is there: 40 ms for every round trip.
 */
final class NoDelaySocket extends Socket {

    @Override
    public InputStream getInputStream() throws IOException {
        return promptly(this, super.getInputStream());
    }

    /** Paho connects what it is given, though it is connected. */
    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        if (!isConnected()) super.connect(endpoint, timeout);
    }

    /** Switches Nagle's delay off; to be called once the socket is connected. */
    static void tune(Socket socket) throws SocketException {
        socket.setTcpNoDelay(true);
    }

    /** The stream, with the kernel told before and after every read from the socket to acknowledge at once. */
    private static InputStream promptly(Socket socket, InputStream in) {
        if (!socket.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK)) return in;
        // Paho reads a packet's header byte by byte; the buffer makes one system call of it, and one rearming.
        return new BufferedInputStream(new Rearming(socket, in), 8192);
    }

    /** The kernel falls back to delayed acknowledgements by itself (tcp(7)): hence again and again. */
    private static final class Rearming extends FilterInputStream {
        private final Socket socket;

        Rearming(Socket socket, InputStream in) {
            super(in);
            this.socket = socket;
        }

        @Override
        public int read() throws IOException {
            rearm();
            int next = super.read();
            rearm();
            return next;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            rearm();
            int count = super.read(target, offset, length);
            rearm();
            return count;
        }

        private void rearm() {
            try {
                socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
            } catch (IOException | UnsupportedOperationException e) {
                // Only speed is at stake, and a socket that is closed says so at the read.
            }
        }
    }
}
