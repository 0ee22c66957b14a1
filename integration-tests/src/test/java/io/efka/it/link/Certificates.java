package io.efka.it.link;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Self-signed certificates in PEM files, made by the JDK's {@code keytool}. */
public final class Certificates {
    private static final String PASSWORD = "changeit";

    private Certificates() {}

    /**
     * Makes a key pair.
     *
     * @param kind as {@code keytool} calls it: {@code RSA}, {@code EC}
     */
    public static Identity make(Path folder, String name, String kind) throws Exception {
        return make(folder, name, kind, "ip:127.0.0.1");
    }

    /**
     * Makes a key pair.
     *
     * @param host the name it is for, as {@code keytool} writes it
     */
    public static Identity make(Path folder, String name, String kind, String host) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        kind,
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=" + host,
                        "-ext",
                        "bc:c",
                        "-validity",
                        "2",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IOException("keytool failed: " + Files.readString(folder.resolve(name + ".log")));
        }
        return export(store, folder, name);
    }

    private static Identity export(Path store, Path folder, String name) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Path cert = pem(
                folder.resolve(name + ".crt"),
                "CERTIFICATE",
                keys.getCertificate(name).getEncoded());
        byte[] key = keys.getKey(name, PASSWORD.toCharArray()).getEncoded();
        return new Identity(cert, pem(folder.resolve(name + ".key"), "PRIVATE KEY", key));
    }

    /** What {@link #make} made, for a server of the JDK. */
    public static SSLContext context(Path folder, String name) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static Path pem(Path file, String what, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content);
        return Files.writeString(file, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }

    /** Two PEM files; the certificate is its own authority. */
    public record Identity(Path cert, Path key) {}
}
