package io.efka.fleet.dashboard;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * A broker as a browser reaches it, which speaks MQTT over WebSocket only.
 *
 * @param uri its WebSocket address
 * @param guessedFrom the address that {@code uri} was guessed from; empty if it was named
 */
public record BrowserBroker(URI uri, Optional<URI> guessedFrom) {
    /** What Mosquitto's documentation has, and so most brokers: it has no default. */
    private static final int PORT = 9_001;

    /** EMQX's default. No port is usual for Mosquitto here; accounts.conf has this one. */
    private static final int TLS_PORT = 8_084;

    /** EMQX and HiveMQ answer on this one only; Mosquitto on any. */
    private static final String PATH = "/mqtt";

    /** The first WebSocket address, or else a guess from the first one of all. */
    public static BrowserBroker of(List<URI> brokers) {
        return brokers.stream()
                .filter(BrowserBroker::isWebSocket)
                .findFirst()
                .map(uri -> new BrowserBroker(uri, Optional.empty()))
                .orElseGet(() -> guess(brokers.get(0)));
    }

    private static boolean isWebSocket(URI uri) {
        return uri.getScheme().equals("ws") || uri.getScheme().equals("wss");
    }

    /** On the same host: brokers have no way to say where they speak WebSocket. */
    private static BrowserBroker guess(URI broker) {
        boolean isTls = broker.getScheme().equals("ssl");
        String root = isTls ? "wss://" + broker.getHost() + ":" + TLS_PORT : "ws://" + broker.getHost() + ":" + PORT;
        return new BrowserBroker(URI.create(root + PATH), Optional.of(broker));
    }
}
