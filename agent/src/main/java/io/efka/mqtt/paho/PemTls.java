package io.efka.mqtt.paho;

import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.LinkException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes a TLS socket factory from the PEM files of the settings, which are read again for every connection. */
final class PemTls {
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----");
    private static final List<String> KEY_KINDS = List.of("RSA", "EC", "Ed25519", "Ed448");
    private static final char[] NO_PASSWORD = new char[0];

    private PemTls() {}

    /** @throws LinkException that names the file and what is wrong with it */
    static SSLSocketFactory sockets(BrokerSettings broker) throws LinkException {
        try {
            TrustManager @Nullable [] trust =
                    broker.ca().isPresent() ? trustIn(broker.ca().get()) : null;
            KeyManager @Nullable [] identity =
                    broker.cert().isPresent() && broker.key().isPresent()
                            ? identity(broker.cert().get(), broker.key().get())
                            : null;
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(identity, trust, null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException | IOException e) {
            throw new LinkException("cannot set up TLS: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] trustIn(Path ca) throws LinkException, GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        int number = 0;
        for (Certificate authority : certificates("CA file", ca)) store.setCertificateEntry("ca" + number++, authority);
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] identity(Path cert, Path key)
            throws LinkException, GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        Certificate[] chain = certificates("certificate file", cert).toArray(new Certificate[0]);
        store.setKeyEntry("client", privateKey(key), NO_PASSWORD, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    private static List<Certificate> certificates(String what, Path file) throws LinkException {
        try {
            var found = new ArrayList<Certificate>(CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(onlyCertificates(Files.readAllBytes(file)))));
            if (found.isEmpty()) throw new LinkException(what + " " + file + " contains no certificate");
            return found;
        } catch (IOException e) {
            throw new LinkException("cannot read " + what + " " + file + ": " + e, e);
        } catch (GeneralSecurityException e) {
            throw new LinkException(what + " " + file + " is not a PEM certificate: " + e.getMessage(), e);
        }
    }

    /** Leaves out a private key, which the JDK's reader does not accept. A DER file has nothing to pick out. */
    private static byte[] onlyCertificates(byte[] file) {
        String found = CERTIFICATE
                .matcher(new String(file, StandardCharsets.ISO_8859_1))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.joining("\n"));
        return found.isEmpty() ? file : found.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static PrivateKey privateKey(Path file) throws LinkException, GeneralSecurityException {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new LinkException("cannot read key file " + file + ": " + e, e);
        }
        Matcher pem = PRIVATE_KEY.matcher(text);
        if (!pem.find()) {
            throw new LinkException(
                    "key file " + file + " must be unencrypted PKCS#8 (\"BEGIN PRIVATE KEY\"); convert it"
                            + " with: openssl pkcs8 -topk8 -nocrypt -in KEY");
        }
        var encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
        for (String kind : KEY_KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                // Tries the next kind.
            }
        }
        throw new LinkException("key file " + file + " has a key of an unknown kind, must be one of " + KEY_KINDS);
    }
}
