package io.efka.mqtt.paho;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the message that makes the broker end every connection. A topic with a message in flight at the end of two
 * connections in a row is a suspect: its messages are sent alone from then on, until one is acknowledged. One that ends
 * another connection alone is poison. So the culprit is found among many, and a bad line convicts nobody: what gets
 * through is acquitted. Guarded by {@link Outgoing}.
 */
final class PoisonDetector {
    private static final int SUSPICIOUS_ENDS = 2;
    private static final int FATAL_ENDS = 3;
    private static final int FATAL_ENDS_ALONE = 2;

    /** A topic whose second message in a row is poison is closed for so long, then twice as long at each further time. */
    private static final Duration FIRST_CLOSURE = Duration.ofMinutes(10);

    private static final Duration LONGEST_CLOSURE = Duration.ofHours(6);

    /** More topics than can be in flight at once, several times over. */
    private static final int MAX_RECORDS = 1_000;

    private final Map<String, TopicRecord> records = new HashMap<>();

    /** What is known of a topic since its last acknowledgement. */
    private static final class TopicRecord {
        private int ends;
        private int endsAlone;
        private int convictions;
        private boolean closed;
        private long closedAt;
        private Duration closure = FIRST_CLOSURE;

        boolean isClosed(long now) {
            return closed && now - closedAt < closure.toNanos();
        }
    }

    /**
     * A connection ended, perhaps because of one of these, which were not acknowledged.
     *
     * @return those that are poison
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
        // Forgetting all only means that the culprit is looked for anew.
        if (records.size() >= MAX_RECORDS && !records.containsKey(topic)) records.clear();
        return records.computeIfAbsent(topic, none -> new TopicRecord());
    }

    private boolean isFatal(String topic) {
        TopicRecord record = record(topic);
        return record.ends >= FATAL_ENDS && record.endsAlone >= FATAL_ENDS_ALONE;
    }

    /** A message is given up: the next one of its topic is poison as soon as it ends one connection. */
    void convict(String topic, long now) {
        TopicRecord record = record(topic);
        onProbation(record);
        if (++record.convictions < 2) return;
        if (record.closed) record.closure = longer(record.closure);
        record.closed = true;
        record.closedAt = now;
    }

    /** It may have been the size only: the next message of the topic has one connection, too. */
    void shrink(String topic) {
        onProbation(record(topic));
    }

    private static void onProbation(TopicRecord record) {
        record.ends = FATAL_ENDS - 1;
        record.endsAlone = FATAL_ENDS_ALONE - 1;
    }

    private static Duration longer(Duration closure) {
        Duration doubled = closure.multipliedBy(2);
        return doubled.compareTo(LONGEST_CLOSURE) < 0 ? doubled : LONGEST_CLOSURE;
    }

    /** The broker answered a message of the topic, whatever it answered. */
    void acquit(String topic) {
        if (!records.isEmpty()) records.remove(topic);
    }

    /** Whether messages of the topic have to be sent alone. */
    boolean isSuspect(String topic) {
        return endsOf(topic) >= SUSPICIOUS_ENDS;
    }

    /** Whether anything speaks against the topic. */
    boolean isKnown(String topic) {
        return records.containsKey(topic);
    }

    /** How much speaks against the topic: those with less are tried first. */
    int evidence(String topic) {
        TopicRecord record = records.get(topic);
        return record == null ? 0 : record.endsAlone;
    }

    /** Whether nothing is sent on the topic for a while. */
    boolean isClosed(String topic, long now) {
        TopicRecord record = records.get(topic);
        return record != null && record.isClosed(now);
    }

    private int endsOf(String topic) {
        TopicRecord record = records.get(topic);
        return record == null ? 0 : record.ends;
    }
}
