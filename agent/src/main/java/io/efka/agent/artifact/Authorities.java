package io.efka.agent.artifact;

import io.efka.words.FileFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificate authorities in a PEM file. */
final class Authorities {
    private Authorities() {}

    /**
     * Trusts them, and nobody else.
     *
     * @throws IOException if the file cannot be read or has no certificate; it may come later
     */
    static SSLContext trusting(Path file) throws IOException {
        try {
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store(certificates(file)));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("artifact_ca " + file + " has no certificates in PEM: " + e.getMessage(), e);
        }
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> all =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (all.isEmpty()) throw new GeneralSecurityException("it is empty");
            return all;
        } catch (IOException e) {
            throw new IOException("artifact_ca " + FileFailure.words(e), e);
        }
    }

    private static KeyStore store(Collection<? extends Certificate> certificates)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (Certificate one : certificates) store.setCertificateEntry("authority-" + ++number, one);
        return store;
    }
}
