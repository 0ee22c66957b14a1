package io.efka.protocol.artifact;

import io.efka.protocol.Sha256;
import io.efka.protocol.json.JsonWriter;
import java.util.LinkedHashMap;

/**
 * What an artifact is cut into: the retained document that a publisher leaves in {@code …/info}. Nobody has signed it; a
 * device believes it only until the whole artifact has another hash than it asked for.
 *
 * @param name of the file, for people; up to 128 characters
 * @param size of the artifact, in bytes; at least 1
 * @param chunk size of every chunk but the last, in bytes
 * @param pieces SHA-256 of the hashes of all chunks, one after the other, 32 bytes each
 */
public record ArtifactInfo(String name, long size, int chunk, Sha256 pieces) {
    /** Size of a chunk unless the broker takes only smaller packets: it fits into what large brokers accept (128 KB). */
    public static final int CHUNK = 64 * 1024;

    public static final int MIN_CHUNK = 1024;

    /** Sixteen of them, as many as a device lets the broker send at once, must fit into a small heap. */
    public static final int MAX_CHUNK = 128 * 1024;

    /** 4 GiB in chunks of 64 KiB. Bounds what a device keeps in memory: 2 MiB of hashes. */
    public static final int MAX_CHUNKS = 65_536;

    private static final int MAX_NAME = 128;

    public ArtifactInfo {
        if (name.isEmpty() || name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("name must have 1 to " + MAX_NAME + " printable characters");
        }
        if (chunk < MIN_CHUNK || chunk > MAX_CHUNK) {
            throw new IllegalArgumentException("chunk must be " + MIN_CHUNK + " to " + MAX_CHUNK + ", was " + chunk);
        }
        long most = (long) chunk * MAX_CHUNKS;
        if (size < 1 || size > most) {
            throw new IllegalArgumentException(
                    "size must be 1 to " + most + " (" + MAX_CHUNKS + " chunks of " + chunk + " bytes), was " + size);
        }
    }

    /** How many chunks a file has. */
    public static int chunks(long size, int chunk) {
        return Math.toIntExact((size + chunk - 1) / chunk);
    }

    public int chunks() {
        return chunks(size, chunk);
    }

    /** Where a chunk begins. */
    public long offset(int number) {
        return (long) number * chunk;
    }

    /** Bytes of a chunk: the last one may be shorter. */
    public int length(int number) {
        return (int) Math.min(chunk, size - offset(number));
    }

    /** Whether the same bytes are cut into the same chunks, whatever the file is called. */
    public boolean isSameAs(ArtifactInfo other) {
        return size == other.size && chunk == other.chunk && pieces.equals(other.pieces);
    }

    public byte[] json() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("v", 1);
        fields.put("name", name);
        fields.put("size", size);
        fields.put("chunk", chunk);
        fields.put("chunks", chunks());
        fields.put("pieces", pieces);
        return JsonWriter.bytes(JsonWriter.object(fields));
    }

    /** @throws IllegalArgumentException if it is no such document; says which field is wrong */
    public static ArtifactInfo parse(byte[] payload) {
        TransferDocument document = TransferDocument.parse(payload);
        var info = new ArtifactInfo(
                document.text("name"),
                document.whole("size", 1, Long.MAX_VALUE / 2),
                (int) document.whole("chunk", MIN_CHUNK, MAX_CHUNK),
                new Sha256(document.text("pieces")));
        document.whole("chunks", info.chunks(), info.chunks());
        return info;
    }
}
