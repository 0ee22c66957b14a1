package io.efka.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The SHA-256 of some bytes, which stands for exactly these bytes.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Sha256(String hex) {
    private static final Pattern VALID = Pattern.compile("[0-9a-f]{64}");

    public Sha256 {
        if (!VALID.matcher(hex).matches()) {
            throw new IllegalArgumentException(
                    "bad sha256 \"" + hex + "\": must be 64 hexadecimal digits in lower case");
        }
    }

    /** Reads a text that may come from anybody; empty if it is no SHA-256. */
    public static Optional<Sha256> parse(String text) {
        return VALID.matcher(text).matches() ? Optional.of(new Sha256(text)) : Optional.empty();
    }

    /** The SHA-256 of these bytes. */
    public static Sha256 of(byte[] content) {
        return new Sha256(HexFormat.of().formatHex(newDigest().digest(content)));
    }

    /** The SHA-256 of what the digest was given; resets the digest. */
    public static Sha256 of(MessageDigest digest) {
        return new Sha256(HexFormat.of().formatHex(digest.digest()));
    }

    /** A new SHA-256 digest, for content that comes in pieces. */
    public static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
