package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.mqtt.LinkException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.paho.mqttv5.client.internal.NetworkModule;
import org.eclipse.paho.mqttv5.client.internal.TCPNetworkModule;
import org.eclipse.paho.mqttv5.client.websocket.WebSocketNetworkModule;
import org.eclipse.paho.mqttv5.common.MqttException;

/**
 * Paho's network modules over sockets of {@link BrokerSockets}. They always close the socket. Paho's own {@code stop}
 * leaves it open when the closing frame of a WebSocket cannot be sent, and lets a socket be opened afterwards.
 */
final class Networks {
    private Networks() {}

    /**
     * @param timeout for connecting, and for each read of a TLS handshake
     * @param responses records the reason codes that the broker sends
     * @throws LinkException when the TLS files cannot be used
     */
    static NetworkModule to(URI uri, Credentials credentials, Duration timeout, PahoResponses responses)
            throws LinkException {
        Scheme scheme = Scheme.of(uri);
        int port = uri.getPort() == -1 ? scheme.port : uri.getPort();
        Optional<SSLSocketFactory> tls = scheme.isSecure ? Optional.of(credentials.sockets()) : Optional.empty();
        var sockets = new BrokerSockets(uri.getHost(), port, timeout, tls);
        return scheme.isWebSocket ? new Ws(sockets, uri, port, responses) : new Tcp(sockets, uri, port, responses);
    }

    /** The scheme of a broker's address, with its default port. */
    enum Scheme {
        TCP(1883, false, false),
        SSL(8883, true, false),
        WS(80, false, true),
        WSS(443, true, true);

        private final int port;
        private final boolean isSecure;
        private final boolean isWebSocket;

        Scheme(int port, boolean isSecure, boolean isWebSocket) {
            this.port = port;
            this.isSecure = isSecure;
            this.isWebSocket = isWebSocket;
        }

        boolean isSecure() {
            return isSecure;
        }

        static Scheme of(URI broker) {
            String scheme = String.valueOf(broker.getScheme());
            for (Scheme known : values()) {
                if (known.name().equalsIgnoreCase(scheme) && broker.getHost() != null) return known;
            }
            throw new IllegalArgumentException(
                    "bad broker \"" + broker + "\": must be tcp://, ssl://, ws:// or wss:// with a host");
        }
    }

    /** Closes the socket of a stopped module, even one that is opened afterwards. */
    private static final class StoppableSocket {
        private final BrokerSockets sockets;

        @GuardedBy("this") private boolean stopped;

        StoppableSocket(BrokerSockets sockets) {
            this.sockets = sockets;
        }

        void started(Socket socket) throws IOException {
            if (!isStopped()) return;
            socket.close();
            throw new IOException("stopped while connecting");
        }

        private synchronized boolean isStopped() {
            return stopped;
        }

        @SuppressWarnings("NullAway") // the module has no socket before it has started
        void stop(Goodbye goodbye, Socket socket) throws IOException {
            synchronized (this) {
                if (stopped) return;
                stopped = true;
            }
            sockets.stop();
            if (socket == null) return;
            try {
                goodbye.send();
            } finally {
                socket.close();
            }
        }

        interface Goodbye {
            void send() throws IOException;
        }
    }

    private static final class Tcp extends TCPNetworkModule {
        private final StoppableSocket stoppable;
        private final PahoResponses responses;

        Tcp(BrokerSockets sockets, URI uri, int port, PahoResponses responses) {
            super(sockets, uri.getHost(), port, uri.getHost());
            this.stoppable = new StoppableSocket(sockets);
            this.responses = responses;
        }

        @Override
        public void start() throws IOException, MqttException {
            super.start();
            stoppable.started(socket);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new PahoResponses.Reader(super.getInputStream(), responses);
        }

        @Override
        public void stop() throws IOException {
            stoppable.stop(super::stop, socket);
        }
    }

    private static final class Ws extends WebSocketNetworkModule {
        private final StoppableSocket stoppable;
        private final PahoResponses responses;

        Ws(BrokerSockets sockets, URI uri, int port, PahoResponses responses) {
            super(sockets, uri.toString(), uri.getHost(), port, uri.getHost());
            this.stoppable = new StoppableSocket(sockets);
            this.responses = responses;
        }

        @Override
        public void start() throws IOException, MqttException {
            super.start();
            stoppable.started(socket);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new PahoResponses.Reader(super.getInputStream(), responses);
        }

        @Override
        public void stop() throws IOException {
            stoppable.stop(super::stop, socket);
        }
    }
}
