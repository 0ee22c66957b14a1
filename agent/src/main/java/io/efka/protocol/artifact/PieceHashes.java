package io.efka.protocol.artifact;

import io.efka.protocol.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The SHA-256 of each chunk of an artifact: 32 bytes for each 64 KiB, so a bad chunk is recognised when it arrives.
 * Immutable.
 */
public final class PieceHashes {
    /** Bytes of a hash. */
    public static final int BYTES = 32;

    /** Most hashes of one message. */
    public static final int PER_MESSAGE = 4_096;

    private final byte[] hashes;

    private PieceHashes(byte[] hashes) {
        this.hashes = hashes;
    }

    /** @param hashes one after the other; at least one */
    public static PieceHashes of(byte[] hashes) {
        if (hashes.length == 0 || hashes.length % BYTES != 0) {
            throw new IllegalArgumentException("hashes must have 32 bytes each, were " + hashes.length + " bytes");
        }
        return new PieceHashes(hashes.clone());
    }

    /**
     * Reads a whole file.
     *
     * @param size of the file, in bytes
     * @param whole digest that is given the whole file
     * @throws IOException also if it has become shorter
     */
    public static PieceHashes read(InputStream file, long size, int chunk, MessageDigest whole) throws IOException {
        var hashes = new byte[ArtifactInfo.chunks(size, chunk) * BYTES];
        long left = size;
        for (int at = 0; at < hashes.length; at += BYTES) {
            byte[] bytes = file.readNBytes((int) Math.min(chunk, left));
            if (bytes.length < Math.min(chunk, left)) throw new IOException("the file has become shorter");
            left -= bytes.length;
            whole.update(bytes);
            System.arraycopy(hash(bytes), 0, hashes, at, BYTES);
        }
        return new PieceHashes(hashes);
    }

    private static byte[] hash(byte[] chunk) {
        return Sha256.newDigest().digest(chunk);
    }

    public int count() {
        return hashes.length / BYTES;
    }

    /** The hash of all hashes, which stands in {@link ArtifactInfo#pieces}. */
    public Sha256 digest() {
        return Sha256.of(hashes);
    }

    /** Whether these bytes are the chunk with this number. */
    public boolean matches(int number, byte[] bytes) {
        int at = number * BYTES;
        return Arrays.equals(hashes, at, at + BYTES, hash(bytes), 0, BYTES);
    }

    /** The hashes of some chunks, for a message. */
    public byte[] slice(int first, int count) {
        return Arrays.copyOfRange(hashes, first * BYTES, (first + count) * BYTES);
    }
}
