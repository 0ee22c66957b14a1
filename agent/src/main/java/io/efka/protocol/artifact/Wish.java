package io.efka.protocol.artifact;

import io.efka.protocol.DeviceId;
import io.efka.protocol.artifact.ChunkNumbers.Range;
import io.efka.protocol.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a device asks for, in {@code …/want}. Every device that wants the same artifact hears it, and does not ask for the
 * same.
 *
 * @param info whether it knows nothing of the artifact yet
 * @param pieces chunks whose hashes it lacks
 * @param chunks that it lacks, or the first 64 of them
 * @param chunk size of the chunks that it counts, in bytes; empty: it did not say
 */
public record Wish(DeviceId device, boolean info, Optional<Range> pieces, ChunkNumbers chunks, OptionalInt chunk) {
    public static Wish ofInfo(DeviceId device) {
        return new Wish(device, true, Optional.empty(), ChunkNumbers.NONE, OptionalInt.empty());
    }

    public static Wish ofPieces(DeviceId device, int first, int last) {
        return new Wish(device, false, Optional.of(new Range(first, last)), ChunkNumbers.NONE, OptionalInt.empty());
    }

    public static Wish of(DeviceId device, ChunkNumbers chunks) {
        return new Wish(device, false, Optional.empty(), chunks, OptionalInt.empty());
    }

    /** The same of chunks of this size: of two publishers, each may cut as its broker allows. */
    public Wish countedIn(int size) {
        return new Wish(device, info, pieces, chunks, OptionalInt.of(size));
    }

    public byte[] json() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("v", 1);
        fields.put("device", device);
        if (info) fields.put("info", true);
        pieces.ifPresent(range -> fields.put("pieces", range.pair()));
        chunk.ifPresent(size -> fields.put("chunk", size));
        if (!chunks.isEmpty()) fields.put("chunks", chunks.json());
        return JsonWriter.bytes(JsonWriter.object(fields));
    }

    /** @throws IllegalArgumentException if it is no such message; says which field is wrong */
    public static Wish parse(byte[] payload) {
        TransferDocument document = TransferDocument.parse(payload);
        return new Wish(
                new DeviceId(document.name("device")),
                document.flag("info"),
                document.range("pieces"),
                ChunkNumbers.firstOf(document.ranges("chunks")),
                document.chunk("chunk"));
    }
}
