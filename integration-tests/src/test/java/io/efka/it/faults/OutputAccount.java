package io.efka.it.faults;

import com.google.gson.JsonObject;
import io.efka.it.Device;
import io.efka.it.Watcher.Seen;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/**
 * What came of a stream, from its first byte on, and how much of it was announced as lost.
 *
 * @param text what came, without repetitions
 * @param dropped bytes that did not come and that an event accounts for
 * @param missing bytes that did not come, and nobody said so
 */
record OutputAccount(String text, long dropped, long missing) {
    static OutputAccount of(Device device, String service, String stream) {
        List<Seen> messages = device.watcher().all(device.topic(service, stream)).stream()
                .sorted(Comparator.comparingLong(Seen::offset))
                .toList();
        List<JsonObject> drops = device.watcher().all(device.topic(service, "event")).stream()
                .map(Seen::json)
                .filter(event -> event.get("event").getAsString().equals("output_dropped"))
                .filter(event -> event.get("stream").getAsString().equals(stream))
                .toList();
        var bytes = new ByteArrayOutputStream();
        long at = 0;
        long dropped = 0;
        long missing = 0;
        for (Seen message : messages) {
            long gap = Math.max(0, message.offset() - at);
            long announced = Math.min(gap, announced(drops, at, message.offset()));
            dropped += announced;
            missing += gap - announced;
            int known = (int) Math.max(0, Math.min(message.payload().length, at - message.offset()));
            bytes.write(message.payload(), known, message.payload().length - known);
            at = Math.max(at, message.end());
        }
        return new OutputAccount(bytes.toString(StandardCharsets.UTF_8), dropped, missing);
    }

    /** An event that came twice counts once. */
    private static long announced(List<JsonObject> drops, long from, long to) {
        return drops.stream()
                .filter(drop -> number(drop, "from") >= from && number(drop, "from") < to)
                .distinct()
                .mapToLong(drop -> number(drop, "bytes"))
                .sum();
    }

    private static long number(JsonObject event, String key) {
        return event.get(key).getAsLong();
    }
}
