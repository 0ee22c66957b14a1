package io.efka.agent.paho;

import io.efka.agent.wire.BrokerSettings;
import io.efka.agent.wire.LinkException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.paho.mqttv5.client.internal.NetworkModule;
import org.eclipse.paho.mqttv5.client.internal.SSLNetworkModule;
import org.eclipse.paho.mqttv5.client.internal.TCPNetworkModule;
import org.eclipse.paho.mqttv5.client.websocket.WebSocketNetworkModule;
import org.eclipse.paho.mqttv5.client.websocket.WebSocketSecureNetworkModule;
import org.eclipse.paho.mqttv5.common.MqttException;

/**
 * Paho's four ways to a broker, with sockets that delay nothing, and that are closed whatever happens: Paho's own
 * {@code stop} leaves the socket open when its farewell (a TLS or WebSocket one) fails, and lets a socket be opened
 * after it.
 */
final class Networks {
    // Closing a TLS socket whose peer is gone may wait for a writer; this limits it.
    private static final int LINGER_SECONDS = 1;

    private Networks() {}

    /**
     * @param timeout of connecting, and of each read of a TLS handshake
     * @throws LinkException when the TLS files cannot be used
     */
    static NetworkModule to(URI uri, BrokerSettings broker, Duration timeout) throws LinkException {
        String host = uri.getHost();
        int seconds = Math.toIntExact(timeout.toSeconds());
        var plain = new PromptSocket.Factory();
        return switch (Scheme.of(uri)) {
            case TCP -> timed(new Tcp(plain, host, port(uri, 1883)), seconds);
            case WS -> timed(new Ws(plain, uri.toString(), host, port(uri, 80)), seconds);
            case SSL -> secured(new Tls(PemTls.sockets(broker), host, port(uri, 8883)), seconds);
            case WSS -> secured(new Wss(PemTls.sockets(broker), uri.toString(), host, port(uri, 443)), seconds);
        };
    }

    private static int port(URI broker, int usual) {
        return broker.getPort() == -1 ? usual : broker.getPort();
    }

    private static NetworkModule timed(TCPNetworkModule module, int seconds) {
        module.setConnectTimeout(seconds);
        return module;
    }

    private static NetworkModule secured(SSLNetworkModule module, int seconds) {
        module.setSSLhandshakeTimeout(seconds);
        return module;
    }

    /** How a broker's address begins. */
    enum Scheme {
        TCP,
        SSL,
        WS,
        WSS;

        static Scheme of(URI broker) {
            String scheme = String.valueOf(broker.getScheme());
            for (Scheme known : values()) {
                if (known.name().equalsIgnoreCase(scheme) && broker.getHost() != null) return known;
            }
            throw new IllegalArgumentException(
                    "bad broker \"" + broker + "\": must be tcp://, ssl://, ws:// or wss:// and a host");
        }
    }

    /** Whether a module was stopped, and its socket, so that neither can outlive the other. */
    private static final class Leash {
        private boolean stopped;

        synchronized void started(Socket socket) throws IOException {
            if (stopped) {
                socket.close();
                throw new IOException("given up meanwhile");
            }
            PromptSocket.tune(socket);
        }

        @SuppressWarnings("NullAway") // the module has no socket before it has started
        void stop(Farewell farewell, Socket socket) throws IOException {
            synchronized (this) {
                if (stopped) return;
                stopped = true;
            }
            if (socket == null) return;
            try {
                farewell.say();
            } finally {
                socket.close();
            }
        }

        interface Farewell {
            void say() throws IOException;
        }
    }

    private static final class Tcp extends TCPNetworkModule {
        private final Leash leash = new Leash();

        Tcp(SocketFactory factory, String host, int port) {
            super(factory, host, port, host);
        }

        @Override
        public void start() throws IOException, MqttException {
            super.start();
            leash.started(socket);
        }

        @Override
        public void stop() throws IOException {
            leash.stop(super::stop, socket);
        }
    }

    private static final class Tls extends SSLNetworkModule {
        private final Leash leash = new Leash();

        Tls(SSLSocketFactory factory, String host, int port) {
            super(factory, host, port, host);
        }

        @Override
        public void start() throws IOException, MqttException {
            super.start();
            socket.setSoLinger(true, LINGER_SECONDS);
            leash.started(socket);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return PromptSocket.promptly(socket, super.getInputStream());
        }

        @Override
        public void stop() throws IOException {
            leash.stop(super::stop, socket);
        }
    }

    private static final class Ws extends WebSocketNetworkModule {
        private final Leash leash = new Leash();

        Ws(SocketFactory factory, String uri, String host, int port) {
            super(factory, uri, host, port, host);
        }

        @Override
        public void start() throws IOException, MqttException {
            super.start();
            leash.started(socket);
        }

        @Override
        public void stop() throws IOException {
            leash.stop(super::stop, socket);
        }
    }

    private static final class Wss extends WebSocketSecureNetworkModule {
        private final Leash leash = new Leash();

        Wss(SSLSocketFactory factory, String uri, String host, int port) {
            super(factory, uri, host, port, host);
        }

        @Override
        public void start() throws IOException, MqttException {
            super.start();
            socket.setSoLinger(true, LINGER_SECONDS);
            leash.started(socket);
        }

        @Override
        public void stop() throws IOException {
            leash.stop(super::stop, socket);
        }
    }
}
