package io.efka.mqtt;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How to reach and persuade the broker.
 *
 * @param uris {@code tcp://}, {@code ssl://}, {@code ws://}, {@code wss://}; tried in turn
 * @param passwordFile its first line is the password; read anew at every connection
 * @param ca PEM file of trusted authorities; empty: the JVM's
 * @param cert PEM file of the client's certificate chain
 * @param key PEM file (PKCS#8, not encrypted) of the client's key
 */
public record BrokerSettings(
        List<URI> uris,
        String clientId,
        Optional<String> username,
        Optional<Path> passwordFile,
        Optional<Path> ca,
        Optional<Path> cert,
        Optional<Path> key) {
    public BrokerSettings {
        uris = List.copyOf(uris);
        if (uris.isEmpty()) throw new IllegalArgumentException("no broker: name at least one, as in tcp://host:1883");
        if (cert.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("a client certificate needs both its cert and its key");
        }
    }
}
