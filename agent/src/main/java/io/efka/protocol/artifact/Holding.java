package io.efka.protocol.artifact;

import io.efka.protocol.DeviceId;
import io.efka.protocol.json.JsonWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;

/**
 * How much of an artifact a device has, in {@code …/have/{device}}.
 *
 * @param chunks how many it has
 * @param of how many there are; 0: it does not know yet
 */
public record Holding(DeviceId device, int chunks, int of, State state) {
    /** What the device does about the rest. */
    public enum State {
        RECEIVING,
        /** It has all of it. */
        COMPLETE,
        /** It has given up, at least for now. */
        STOPPED
    }

    public byte[] json() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("v", 1);
        fields.put("device", device);
        fields.put("chunks", chunks);
        fields.put("of", of);
        fields.put("state", state.name().toLowerCase(Locale.ROOT));
        return JsonWriter.bytes(JsonWriter.object(fields));
    }

    /** @throws IllegalArgumentException if it is no such message; says which field is wrong */
    public static Holding parse(byte[] payload) {
        TransferDocument document = TransferDocument.parse(payload);
        int of = (int) document.whole("of", 0, ArtifactInfo.MAX_CHUNKS);
        return new Holding(
                new DeviceId(document.name("device")),
                (int) document.whole("chunks", 0, of),
                of,
                state(document.text("state")));
    }

    private static State state(String word) {
        return Arrays.stream(State.values())
                .filter(state -> state.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "state must be receiving, complete or stopped, was \"" + word + "\""));
    }
}
