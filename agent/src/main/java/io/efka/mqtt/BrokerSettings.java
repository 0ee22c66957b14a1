package io.efka.mqtt;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the brokers are, and how the client authenticates.
 *
 * @param uris {@code tcp://}, {@code ssl://}, {@code ws://} or {@code wss://}; at least one, tried in turn
 * @param passwordFile file whose first line is the password; read again for every connection
 * @param ca PEM file of the trusted certificate authorities; empty: those of the JVM
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
        if (uris.isEmpty())
            throw new IllegalArgumentException("no broker is set; name at least one, such as tcp://host:1883");
        if (cert.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("a client certificate needs both its cert and its key");
        }
    }

    /** The same for a further client: this is added to the client id. */
    public BrokerSettings withClientIdSuffix(String suffix) {
        return new BrokerSettings(uris, clientId + suffix, username, passwordFile, ca, cert, key);
    }
}
