package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.SocketFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Gives Paho sockets that are already connected, with or without TLS. Paho itself tries only the first address of a
 * name.
 */
final class BrokerSockets extends SocketFactory {
    // Limits how long closing a TLS socket waits for a writer whose peer is gone.
    private static final int LINGER_SECONDS = 1;

    private final String host;
    private final int port;
    private final Duration timeout;
    private final Optional<SSLSocketFactory> tls;
    private final Dialer dialer;

    @GuardedBy("this") private Optional<Socket> opening = Optional.empty();

    @GuardedBy("this") private boolean stopped;

    BrokerSockets(String host, int port, Duration timeout, Optional<SSLSocketFactory> tls) {
        this.host = host;
        this.port = port;
        this.timeout = timeout;
        this.tls = tls;
        this.dialer = new Dialer(host, port, timeout);
    }

    /** Blocks until the broker has accepted the connection and, with TLS, the handshake is done. */
    @Override
    public Socket createSocket() throws IOException {
        Socket plain = dialer.connect();
        if (tls.isEmpty()) return plain;
        begin(plain);
        try {
            return new TlsSocket(shakeHands(plain, tls.get()));
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        } finally {
            end();
        }
    }

    private SSLSocket shakeHands(Socket plain, SSLSocketFactory factory) throws IOException {
        var socket = (SSLSocket) factory.createSocket(plain, host, port, true);
        socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
        socket.setSoLinger(true, LINGER_SECONDS);
        SSLParameters parameters = socket.getSSLParameters();
        if (!isAddress(host)) parameters.setServerNames(List.of(new SNIHostName(host)));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static boolean isAddress(String host) {
        return host.contains(":") || host.matches("[0-9.]+");
    }

    private synchronized void begin(Socket socket) throws IOException {
        if (stopped) {
            socket.close();
            throw new IOException("stopped while connecting");
        }
        opening = Optional.of(socket);
    }

    private synchronized void end() {
        opening = Optional.empty();
    }

    /** Makes a running or later {@link #createSocket()} fail. A socket that it has returned is closed by its caller. */
    void stop() throws IOException {
        dialer.stop();
        Optional<Socket> unfinished;
        synchronized (this) {
            stopped = true;
            unfinished = opening;
        }
        if (unfinished.isPresent()) unfinished.get().close();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("Paho asks for unconnected sockets only");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
        throw new UnsupportedOperationException("Paho asks for unconnected sockets only");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException("Paho asks for unconnected sockets only");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
        throw new UnsupportedOperationException("Paho asks for unconnected sockets only");
    }
}
