package io.efka.mqtt.paho;

import io.efka.mqtt.LinkException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Makes trust and key managers of the PEM files of the settings. */
final class PemTls {
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----");
    private static final List<String> KEY_KINDS = List.of("RSA", "EC", "Ed25519", "Ed448");
    /** By the algorithm of the key. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    private static final char[] NO_PASSWORD = new char[0];

    private PemTls() {}

    /**
     * The authorities to trust.
     *
     * @param ca for messages
     * @throws LinkException that names the file and what is wrong with it
     */
    static TrustManager[] trust(Path ca, byte[] pem) throws LinkException {
        try {
            KeyStore store = emptyStore();
            int number = 0;
            for (Certificate authority : certificates("CA file " + ca, pem)) {
                store.setCertificateEntry("ca" + number++, authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new LinkException("CA file " + ca + " cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * The certificate of the client and its key.
     *
     * @param cert for messages, like {@code key}
     * @throws LinkException that names the file and what is wrong with it
     */
    static KeyManager[] identity(Path cert, byte[] certPem, Path key, byte[] keyPem) throws LinkException {
        Certificate[] chain = certificates("certificate file " + cert, certPem).toArray(new Certificate[0]);
        try {
            PrivateKey secret = privateKey(key, keyPem);
            if (!belongTogether(chain[0].getPublicKey(), secret)) {
                throw new LinkException("key file " + key + " is not the key of certificate file " + cert);
            }
            KeyStore store = emptyStore();
            store.setKeyEntry("client", secret, NO_PASSWORD, chain);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, NO_PASSWORD);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new LinkException(
                    "certificate file " + cert + " and key file " + key + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Two files that are replaced one after the other may be read in between. */
    private static boolean belongTogether(PublicKey open, PrivateKey secret) throws GeneralSecurityException {
        Optional<String> algorithm = Optional.ofNullable(SIGNATURES.get(secret.getAlgorithm()));
        if (algorithm.isEmpty()) return true; // the handshake tells
        if (!open.getAlgorithm().equals(secret.getAlgorithm())) return false;
        Signature signature = Signature.getInstance(algorithm.get());
        signature.initSign(secret);
        byte[] signed = signature.sign();
        signature.initVerify(open);
        return signature.verify(signed);
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    private static List<Certificate> certificates(String file, byte[] pem) throws LinkException {
        try {
            var found = new ArrayList<Certificate>(CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(onlyCertificates(pem))));
            if (found.isEmpty()) throw new LinkException(file + " contains no certificate");
            return found;
        } catch (GeneralSecurityException e) {
            throw new LinkException(file + " is not a PEM certificate: " + e.getMessage(), e);
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

    private static PrivateKey privateKey(Path file, byte[] text) throws LinkException, GeneralSecurityException {
        Matcher pem = PRIVATE_KEY.matcher(new String(text, StandardCharsets.ISO_8859_1));
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
