package io.efka.mqtt.paho;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the message that makes the broker end every connection. A topic is suspect when it had a message in flight at
 * the end of two connections in a row. Its messages are then sent alone until one is acknowledged. A message is poison
 * when at least three connections ended with its topic in flight, two of them with nothing else in flight. An
 * unreliable network does not make messages poison, since an acknowledgement clears the topic's record. Guarded by
 * {@link Outgoing}.
 */
final class PoisonDetector {
    private static final int SUSPICIOUS_ENDS = 2;
    private static final int FATAL_ENDS = 3;
    private static final int FATAL_ENDS_ALONE = 2;

    /** How long a topic is closed after its second poison message in a row; twice as long each further time. */
    private static final Duration FIRST_CLOSURE = Duration.ofMinutes(10);

    private static final Duration LONGEST_CLOSURE = Duration.ofHours(6);

    /** Several times the number of topics that can be in flight at once. */
    private static final int MAX_RECORDS = 1_000;

    private final Map<String, TopicRecord> records = new HashMap<>();

    /** What is known of a topic since its last acknowledgement. */
    private static final class TopicRecord {
        private int ends;
        private int endsAlone;
        private int poisonInARow;
        private boolean closed;
        private long closedAt;
        private Duration closure = FIRST_CLOSURE;

        boolean isClosed(long now) {
            return closed && now - closedAt < closure.toNanos();
        }
    }

    /**
     * A connection ended, perhaps because of one of these unacknowledged publishes.
     *
     * @return the poison ones
     */
    Set<PendingPublish> ended(List<PendingPublish> unacknowledged) {
        boolean isAlone = unacknowledged.size() == 1;
        var seen = new HashSet<String>();
        for (PendingPublish pending : unacknowledged) {
            if (!seen.add(pending.topic)) continue;
            TopicRecord record = record(pending.topic);
            record.ends++;
            if (isAlone) record.endsAlone++;
        }
        return isAlone && isFatal(unacknowledged.get(0).topic) ? Set.copyOf(unacknowledged) : Set.of();
    }

    private TopicRecord record(String topic) {
        // Clearing everything only restarts the search.
        if (records.size() >= MAX_RECORDS && !records.containsKey(topic)) records.clear();
        return records.computeIfAbsent(topic, none -> new TopicRecord());
    }

    private boolean isFatal(String topic) {
        TopicRecord record = record(topic);
        return record.ends >= FATAL_ENDS && record.endsAlone >= FATAL_ENDS_ALONE;
    }

    /** A poison message is given up. The next one of its topic is poison as soon as it ends one connection. */
    void giveUp(String topic, long now) {
        TopicRecord record = record(topic);
        oneMoreEndIsFatal(record);
        if (++record.poisonInARow < 2) return;
        if (record.closed) record.closure = longer(record.closure);
        record.closed = true;
        record.closedAt = now;
    }

    /** A message is given up, perhaps for its size only: no reason to close the topic. */
    void giveUpForSize(String topic) {
        oneMoreEndIsFatal(record(topic));
    }

    private static void oneMoreEndIsFatal(TopicRecord record) {
        record.ends = FATAL_ENDS - 1;
        record.endsAlone = FATAL_ENDS_ALONE - 1;
    }

    private static Duration longer(Duration closure) {
        Duration doubled = closure.multipliedBy(2);
        return doubled.compareTo(LONGEST_CLOSURE) < 0 ? doubled : LONGEST_CLOSURE;
    }

    /** The broker answered a message of the topic, even if it refused it. */
    void clear(String topic) {
        if (!records.isEmpty()) records.remove(topic);
    }

    /** Whether messages of the topic must be sent alone. */
    boolean isSuspect(String topic) {
        return endsOf(topic) >= SUSPICIOUS_ENDS;
    }

    /** Whether a connection ended with a message of the topic in flight. */
    boolean hasRecord(String topic) {
        return records.containsKey(topic);
    }

    /** How many connections ended with only a message of this topic in flight; suspects with fewer are sent first. */
    int endsAlone(String topic) {
        TopicRecord record = records.get(topic);
        return record == null ? 0 : record.endsAlone;
    }

    /** Whether nothing may be sent to the topic for now. */
    boolean isClosed(String topic, long now) {
        TopicRecord record = records.get(topic);
        return record != null && record.isClosed(now);
    }

    private int endsOf(String topic) {
        TopicRecord record = records.get(topic);
        return record == null ? 0 : record.ends;
    }
}
