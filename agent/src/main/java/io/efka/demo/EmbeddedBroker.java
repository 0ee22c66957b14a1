package io.efka.demo;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.MqttProperty;
import io.netty.handler.codec.mqtt.MqttProperties.MqttPropertyType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.WildcardConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTInterceptor;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyConnection;
import org.apache.activemq.artemis.core.server.protocol.websocket.WebSocketServerHandler;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/**
 * An MQTT 3.1.1 and 5 broker inside this JVM, for trying Efka out and for tests on machines without a broker. It
 * listens on the loopback interface only, lets everyone in but web pages from elsewhere, and keeps sessions and retained messages in memory until it
 * is closed. It takes about 0.6 s to start. The will of an MQTT 5 client with a lasting session comes up to 2 s late.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Pattern OWN_ORIGIN = Pattern.compile("https?://(127\\.0\\.0\\.1|localhost|\\[::1])(:[0-9]+)?");
    private static final String MQTT = "mqtt";
    private static final String WEB_SOCKET = "web-socket";

    /** How much one topic may hold for subscribers that are offline; the rest is dropped, as every MQTT broker does. */
    private static final long MAX_TOPIC_BYTES = 64L << 20;

    /** How often sessions and delayed wills are checked, and so how late a will may come after its delay. */
    private static final int SESSION_SCAN_MS = 500;

    private final RetainingServer server;
    private final int port;
    private final int webSocketPort;

    private EmbeddedBroker(RetainingServer server) {
        this.server = server;
        this.port = actualPort(server, MQTT);
        this.webSocketPort = actualPort(server, WEB_SOCKET);
    }

    /**
     * Starts a broker; it accepts clients when this returns.
     *
     * @param port for MQTT over TCP; 0: any free one
     * @param webSocketPort for MQTT over WebSocket, on any path; 0: any free one
     * @throws BrokerException if a port is taken, or the broker does not start
     */
    public static EmbeddedBroker start(int port, int webSocketPort) throws BrokerException {
        requireFree("--port", port);
        requireFree("--ws-port", webSocketPort);
        var server = new RetainingServer(configuration(port, webSocketPort));
        try {
            server.start();
            var remoting = server.getRemotingService();
            remoting.addIncomingInterceptor(new WillDelayInterceptor());
            remoting.addIncomingInterceptor((MQTTInterceptor) EmbeddedBroker::hasLegalTopic);
            remoting.addIncomingInterceptor((MQTTInterceptor) EmbeddedBroker::isFromThisMachine);
            return new EmbeddedBroker(server);
        } catch (Exception e) { // named top: the library's start() declares nothing narrower
            stop(server);
            throw new BrokerException("the embedded broker did not start: " + e.getMessage(), e);
        }
    }

    /**
     * Whether a packet may pass. A client that publishes on a topic with a NUL is disconnected, as MQTT demands: Artemis
     * 2.55 would pass the message on, and the Paho client that receives it would receive nothing more.
     */
    private static boolean hasLegalTopic(MqttMessage packet, RemotingConnection connection) {
        return !(packet instanceof MqttPublishMessage publish)
                || publish.variableHeader().topicName().indexOf('\0') < 0;
    }

    /**
     * Whether a packet may pass. Any web site may make a browser connect to this machine, and the demo has no password: without
     * this, a site that is visited meanwhile could install services here. A browser says where a page is from, and a page cannot
     * change that; other programs say nothing. Both ports speak WebSocket.
     */
    private static boolean isFromThisMachine(MqttMessage packet, RemotingConnection connection) {
        if (!(connection.getTransportConnection() instanceof NettyConnection netty)) return false;
        var webSocket = netty.getChannel().pipeline().get(WebSocketServerHandler.class);
        if (webSocket == null) return true;
        String origin = webSocket.getHttpRequest().headers().get(HttpHeaderNames.ORIGIN);
        return origin == null || OWN_ORIGIN.matcher(origin).matches();
    }

    public int port() {
        return port;
    }

    public int webSocketPort() {
        return webSocketPort;
    }

    /** Where MQTT clients find it: {@code tcp://127.0.0.1:1883}. */
    public URI uri() {
        return URI.create("tcp://" + LOOPBACK + ":" + port);
    }

    /** The same over WebSocket: {@code ws://127.0.0.1:9001/mqtt}. */
    public URI webSocketUri() {
        return URI.create("ws://" + LOOPBACK + ":" + webSocketPort + "/mqtt");
    }

    /** Stops the broker and disconnects its clients; what it kept is lost. Idempotent. */
    @Override
    public void close() {
        stop(server);
    }

    private static Configuration configuration(int port, int webSocketPort) throws BrokerException {
        try {
            return new ConfigurationImpl()
                    .setName("efka-demo")
                    .setPersistenceEnabled(false)
                    .setSecurityEnabled(false)
                    .setJMXManagementEnabled(false)
                    .setMaxDiskUsage(-1) // it writes nothing, so a full disk is no reason to stop
                    .setCriticalAnalyzer(false)
                    .setMqttSessionScanInterval(SESSION_SCAN_MS)
                    .setPagingDirectory(Path.of(System.getProperty("java.io.tmpdir"), "efka-demo-unused")
                            .toString())
                    .setWildCardConfiguration(mqttWildcards())
                    .addAddressSetting("#", topicSettings())
                    .addAcceptorConfiguration(MQTT, acceptor(port))
                    .addAcceptorConfiguration(WEB_SOCKET, acceptor(webSocketPort));
        } catch (Exception e) { // named top: the library parses acceptor URLs and declares nothing narrower
            throw new BrokerException("the embedded broker cannot be configured: " + e.getMessage(), e);
        }
    }

    /**
     * MQTT's own separators instead of the library's {@code .}: names with dots are then one level, and no topic has to
     * be translated.
     */
    private static WildcardConfiguration mqttWildcards() {
        return new WildcardConfiguration().setDelimiter('/').setSingleWord('+').setAnyWords('#');
    }

    private static AddressSettings topicSettings() {
        return new AddressSettings()
                .setMaxSizeBytes(MAX_TOPIC_BYTES)
                .setAddressFullMessagePolicy(AddressFullMessagePolicy.DROP);
    }

    /** No topic aliases: the Paho client loses messages with them. */
    private static String acceptor(int port) {
        return "tcp://" + LOOPBACK + ":" + port + "?protocols=MQTT;tcpNoDelay=true;useEpoll=false;topicAliasMaximum=0";
    }

    private static int actualPort(RetainingServer server, String name) {
        return server.getRemotingService().getAcceptor(name).getActualPort();
    }

    /** The library logs a port that is taken and starts without it; so the port is tried first. */
    private static void requireFree(String option, int port) throws BrokerException {
        if (port == 0) return;
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(LOOPBACK), port));
        } catch (IOException e) {
            throw new BrokerException(
                    "port " + port + " cannot be used (" + e.getMessage() + "): choose another with " + option
                            + " PORT, or " + option + " 0 for any free one",
                    e);
        }
    }

    private static void stop(RetainingServer server) {
        try {
            server.stop();
        } catch (Exception e) { // named top: the library's stop() declares nothing narrower
            throw new IllegalStateException("the embedded broker did not stop", e);
        }
    }

    /** The embedded broker could not be started; the message says what to do about it. */
    public static final class BrokerException extends Exception {
        BrokerException(String message) {
            super(message);
        }

        BrokerException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Makes the broker publish the will of a client whose session outlives its connection. Artemis 2.55 forgets such a will
     * until the session expires, unless the client asked for a delay; so a client that asked for none gets one of a second.
     */
    static final class WillDelayInterceptor implements MQTTInterceptor {
        private static final int SESSION_EXPIRY = MqttPropertyType.SESSION_EXPIRY_INTERVAL.value();
        private static final int WILL_DELAY = MqttPropertyType.WILL_DELAY_INTERVAL.value();

        @Override
        public boolean intercept(MqttMessage packet, RemotingConnection connection) {
            if (packet instanceof MqttConnectMessage connect && needsDelay(connect)) {
                connect.payload().willProperties().add(new IntegerProperty(WILL_DELAY, 1));
            }
            return true;
        }

        private static boolean needsDelay(MqttConnectMessage connect) {
            return connect.variableHeader().version() == MqttVersion.MQTT_5.protocolLevel()
                    && connect.variableHeader().isWillFlag()
                    && number(connect.variableHeader().properties(), SESSION_EXPIRY) != 0
                    && number(connect.payload().willProperties(), WILL_DELAY) == 0;
        }

        /** A property's value; 0 if it is not there, which both properties mean by it. */
        private static int number(MqttProperties properties, int id) {
            MqttProperty<?> property = properties.getProperty(id);
            return property == null ? 0 : ((IntegerProperty) property).value();
        }
    }
}
