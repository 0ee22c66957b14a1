package io.efka.mqtt.paho;

import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.paho.KeptFile.Source;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** The password and the TLS files of the settings, which are read again for every connection. Thread-safe. */
final class Credentials {
    private final Optional<KeptFile<byte[]>> password;
    private final Optional<KeptFile<TrustManager[]>> trust;
    private final Optional<KeptFile<KeyManager[]>> identity;

    Credentials(BrokerSettings broker) {
        boolean isEncrypted =
                broker.uris().stream().anyMatch(uri -> Networks.Scheme.of(uri).isSecure());
        password = broker.passwordFile()
                .map(file ->
                        new KeptFile<>(List.of(new Source("password file", file)), text -> firstLine(text.get(0))));
        trust = broker.ca()
                .filter(file -> isEncrypted)
                .map(file ->
                        new KeptFile<>(List.of(new Source("CA file", file)), text -> PemTls.trust(file, text.get(0))));
        identity = broker.cert()
                .filter(file -> isEncrypted)
                .map(cert -> identity(cert, broker.key().orElseThrow()));
    }

    private static KeptFile<KeyManager[]> identity(Path cert, Path key) {
        return new KeptFile<>(
                List.of(new Source("certificate file", cert), new Source("key file", key)),
                text -> PemTls.identity(cert, text.get(0), key, text.get(1)));
    }

    /** Empty: there is no password file. */
    Optional<byte[]> password() throws LinkException {
        return password.isPresent() ? Optional.of(password.get().read()) : Optional.empty();
    }

    /** @throws LinkException that names the file and what is wrong with it */
    SSLSocketFactory sockets() throws LinkException {
        TrustManager @Nullable [] trusted = trust.isPresent() ? trust.get().read() : null;
        KeyManager @Nullable [] own = identity.isPresent() ? identity.get().read() : null;
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, trusted, null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new LinkException("cannot set up TLS: " + e.getMessage(), e);
        }
    }

    /** What became of reading all files again. */
    List<Outcome> reread() {
        var all = new ArrayList<Outcome>();
        Stream.of(password, trust, identity)
                .flatMap(Optional::stream)
                .forEach(file -> all.add(new Outcome(file.name(), file.reread())));
        return all;
    }

    /** @param name of the file or files */
    record Outcome(String name, KeptFile.Reread result) {
        boolean isChanged() {
            return result == KeptFile.Reread.CHANGED;
        }

        /** For the log. */
        String words() {
            return switch (result) {
                case CHANGED -> name + " has changed";
                case UNCHANGED -> name + " is unchanged";
                case UNUSABLE -> name + " cannot be used";
            };
        }
    }

    private static byte[] firstLine(byte[] file) {
        int end = 0;
        while (end < file.length && file[end] != '\n' && file[end] != '\r') end++;
        return Arrays.copyOf(file, end);
    }
}
