package io.efka.fleet.artifact;

import io.efka.protocol.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** The SHA-256 of a file. */
final class FileHash {
    private static final int BUFFER = 64 * 1024;

    private FileHash() {}

    static Sha256 of(Path file) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        var buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) digest.update(buffer, 0, count);
        }
        return Sha256.of(digest);
    }
}
