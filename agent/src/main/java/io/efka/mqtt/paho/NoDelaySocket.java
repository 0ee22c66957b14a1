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
 * A socket without delays: no Nagle algorithm on our side, and immediate acknowledgements. A broker with the Nagle
 * algorithm on (Mosquitto's default) holds its next packet back until it has our acknowledgement: 40 ms for every round
 * trip.
 */
final class NoDelaySocket extends Socket {

    @Override
    public InputStream getInputStream() throws IOException {
        return acknowledgingAtOnce(this, super.getInputStream());
    }

    /** Does nothing on a connected socket: Paho connects every socket that it gets. */
    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        if (!isConnected()) super.connect(endpoint, timeout);
    }

    /** Switches the Nagle algorithm off; to be called once the socket is connected. */
    static void tune(Socket socket) throws SocketException {
        socket.setTcpNoDelay(true);
    }

    /** The stream, which tells the kernel before and after every read to acknowledge immediately. */
    private static InputStream acknowledgingAtOnce(Socket socket, InputStream in) {
        if (!socket.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK)) return in;
        // Paho reads a packet's header byte by byte; with the buffer that is one system call.
        return new BufferedInputStream(new Rearming(socket, in), 8192);
    }

    /** Sets the option again and again, since the kernel returns to delayed acknowledgements by itself (tcp(7)). */
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
                // Only speed is lost. On a closed socket the read fails.
            }
        }
    }
}
