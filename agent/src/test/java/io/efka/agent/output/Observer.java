package io.efka.agent.output;

import io.efka.mqtt.Message;
import io.efka.mqtt.Message.UserProperty;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Puts a stream together again from its messages, by offset, and notices what was changed or is missing. */
final class Observer {
    private byte[] bytes = new byte[1 << 16];
    private boolean[] seen = new boolean[1 << 16];
    private int end;

    static Observer of(List<Message> messages, String topicEnd) {
        var observer = new Observer();
        messages.stream().filter(message -> message.topic().endsWith(topicEnd)).forEach(observer::take);
        return observer;
    }

    static Map<String, String> properties(Message message) {
        var byName = new TreeMap<String, String>();
        for (UserProperty user : message.properties().user()) byName.put(user.name(), user.value());
        return byName;
    }

    static long offset(Message message) {
        return Long.parseLong(properties(message).getOrDefault("offset", "-1"));
    }

    synchronized void take(Message message) {
        int from = Math.toIntExact(offset(message));
        byte[] payload = message.payload();
        int to = from + payload.length;
        if (to > bytes.length) {
            bytes = Arrays.copyOf(bytes, to * 2);
            seen = Arrays.copyOf(seen, to * 2);
        }
        for (int i = 0; i < payload.length; i++) {
            if (seen[from + i] && bytes[from + i] != payload[i]) {
                throw new AssertionError("another byte at offset " + (from + i));
            }
            bytes[from + i] = payload[i];
            seen[from + i] = true;
        }
        end = Math.max(end, to);
    }

    /** Everything from offset 0 to the end; fails on a byte that never came. */
    synchronized byte[] whole() {
        for (int i = 0; i < end; i++) if (!seen[i]) throw new AssertionError("no byte at offset " + i);
        return Arrays.copyOf(bytes, end);
    }

    /** Fails on a byte that is not the expected one, or is missing without having been announced. */
    synchronized void verify(byte[] expected, boolean[] announced) {
        for (int i = 0; i < expected.length; i++) {
            if (seen[i] && bytes[i] != expected[i]) throw new AssertionError("another byte at offset " + i);
            if (!seen[i] && !announced[i]) throw new AssertionError("no byte at offset " + i);
        }
    }

    synchronized int end() {
        return end;
    }

    /** How many offsets up to the end never came. */
    synchronized long missing() {
        long missing = 0;
        for (int i = 0; i < end; i++) if (!seen[i]) missing++;
        return missing;
    }
}
