package io.efka.mqtt.paho;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A TLS socket whose handshake is done, for Paho, which connects every socket that it gets. Passes on only the methods
 * that Paho and the link call.
 */
final class TlsSocket extends Socket {
    private final SSLSocket socket;

    TlsSocket(SSLSocket socket) throws SocketException {
        super(noImplementation());
        this.socket = socket;
    }

    @SuppressWarnings("NullAway") // everything goes to the TLS socket
    private static SocketImpl noImplementation() {
        @Nullable SocketImpl none = null;
        return none;
    }

    /** Does nothing: the socket is connected. */
    @Override
    public void connect(SocketAddress endpoint, int timeout) {}

    @Override
    public InputStream getInputStream() throws IOException {
        return socket.getInputStream();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return socket.getOutputStream();
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        socket.setSoTimeout(millis);
    }

    /** Does nothing: TLS cannot close one direction, and closing the socket wakes the reader. */
    @Override
    public void shutdownInput() {}

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
