package io.efka.agent.events;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.efka.protocol.ServiceId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of the journal in a block of lines. What a search looks at first is in front, so that only events that were found are
 * parsed:
 *
 * <pre>{"number":17000000004,"at":"2026-11-22T20:15:00.123Z","topic":"svc/camera/event","event":{…}}</pre>
 *
 * @param number of the event; every later one has a higher one
 * @param topic where it was published, without the prefix and the device
 * @param block not changed by anybody
 * @param from where the event begins in {@code block}, and {@code to} where it ends
 */
record JournalLine(long number, Instant at, String topic, byte[] block, int from, int to) {
    /** No number of the agent's has more digits than fit a long. */
    private static final Pattern HEAD = Pattern.compile(
            "\\{\"number\":(\\d{1,18}),\"at\":\"([^\"]{1,40})\",\"topic\":\"([^\"]{1,100})\",\"event\":");

    private static final int LONGEST_HEAD = 220;

    /** Where an event of that service, or else of the agent, is published. */
    static String topic(Optional<ServiceId> service) {
        return service.map(id -> "svc/" + id + "/event").orElse("event");
    }

    /** @param topic of letters, digits, dots, hyphens, underscores and slashes */
    static byte[] encode(long number, String at, String topic, byte[] event) {
        byte[] head = ("{\"number\":" + number + ",\"at\":\"" + at + "\",\"topic\":\"" + topic + "\",\"event\":")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] line = new byte[head.length + event.length + 2];
        System.arraycopy(head, 0, line, 0, head.length);
        System.arraycopy(event, 0, line, head.length, event.length);
        line[line.length - 2] = '}';
        line[line.length - 1] = '\n';
        return line;
    }

    /** Empty if it is none: cut off, or damaged where that shows. */
    static Optional<JournalLine> decode(byte[] block, int from, int to) {
        int end = to > from && block[to - 1] == '\n' ? to - 1 : to;
        String head = new String(block, from, Math.min(end - from, LONGEST_HEAD), StandardCharsets.ISO_8859_1);
        Matcher matcher = HEAD.matcher(head);
        if (!matcher.lookingAt() || block[end - 1] != '}' || block[end - 2] != '}') return Optional.empty();
        try {
            return Optional.of(new JournalLine(
                    Long.parseLong(matcher.group(1)),
                    Instant.parse(matcher.group(2)),
                    matcher.group(3),
                    block,
                    from + matcher.end(),
                    end - 1));
        } catch (DateTimeParseException damaged) {
            return Optional.empty();
        }
    }

    /** In bytes, of the event. */
    int length() {
        return to - from;
    }

    /** The event as it was published; empty if it is damaged. */
    Optional<JsonObject> event() {
        var bytes = new ByteArrayInputStream(block, from, to - from);
        try (var reader = new JsonReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
            reader.setStrictness(Strictness.STRICT);
            JsonElement parsed = JsonParser.parseReader(reader);
            boolean isWhole = reader.peek() == JsonToken.END_DOCUMENT;
            return isWhole && parsed instanceof JsonObject event ? Optional.of(event) : Optional.empty();
        } catch (IOException | JsonParseException damaged) {
            return Optional.empty();
        }
    }
}
