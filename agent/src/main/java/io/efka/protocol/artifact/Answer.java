package io.efka.protocol.artifact;

import io.efka.protocol.json.JsonWriter;
import java.util.LinkedHashMap;

/**
 * What somebody is about to send, in {@code …/answer}: others that have the artifact leave it to them.
 *
 * @param by a name that no other sender has
 * @param isPeer whether it is a device that helps out; a publisher goes first
 */
public record Answer(String by, boolean isPeer, ChunkNumbers chunks) {
    public byte[] json() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("v", 1);
        fields.put("by", by);
        fields.put("peer", isPeer);
        fields.put("chunks", chunks.json());
        return JsonWriter.bytes(JsonWriter.object(fields));
    }

    /** @throws IllegalArgumentException if it is no such message; says which field is wrong */
    public static Answer parse(byte[] payload) {
        TransferDocument document = TransferDocument.parse(payload);
        return new Answer(document.name("by"), document.flag("peer"), ChunkNumbers.firstOf(document.ranges("chunks")));
    }
}
