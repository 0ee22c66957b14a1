package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.LinkException.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once of every topic what the broker has against messages to it, and counts from then on, until one is taken
 * again. Thread-safe.
 */
final class RefusalLog {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);

    /** Beyond so many topics refusals are only counted: a list that long helps nobody. */
    private static final int MAX_TOPICS = 1_000;

    private static final int MAX_SHOWN = 20;

    @GuardedBy("this") private final Map<String, Entry> entries = new LinkedHashMap<>();

    @GuardedBy("this") private final Map<Kind, Long> counts = new LinkedHashMap<>();

    private volatile boolean isEmpty = true;

    private static final class Entry {
        private final Kind kind;
        private final String reason;
        private long count;

        Entry(Kind kind, String reason) {
            this.kind = kind;
            this.reason = reason;
        }
    }

    /** A message was not taken; a lost connection is nobody's refusal. */
    void note(String topic, LinkException problem) {
        if (problem.kind() == Kind.LOST) return;
        if (!isNew(topic, problem)) return;
        boolean isPassing = problem.kind() == Kind.BUSY;
        log.warn(
                "topic={} {}: {} (said once, further ones are counted in info)",
                topic,
                isPassing ? "message not taken now, tried again" : "message refused",
                problem.getMessage());
    }

    private synchronized boolean isNew(String topic, LinkException problem) {
        counts.merge(problem.kind(), 1L, Long::sum);
        Entry known = entries.get(topic);
        if (known != null && known.kind == problem.kind()) {
            known.count++;
            return false;
        }
        if (known == null && entries.size() >= MAX_TOPICS) return false;
        var entry = new Entry(problem.kind(), String.valueOf(problem.getMessage()));
        entry.count = known == null ? 1 : known.count + 1;
        entries.put(topic, entry);
        isEmpty = false;
        return true;
    }

    /** A message to the topic was taken. That a larger one was not stays true. */
    void over(String topic) {
        if (isEmpty) return;
        synchronized (this) {
            entries.computeIfPresent(topic, (same, entry) -> entry.kind == Kind.TOO_LARGE ? entry : null);
            isEmpty = entries.isEmpty();
        }
    }

    synchronized Map<String, Object> describe() {
        var fields = new LinkedHashMap<String, Object>();
        counts.forEach((kind, count) -> fields.put(word(kind), count));
        List<Map<String, Object>> topics = new ArrayList<>();
        entries.forEach((topic, entry) -> {
            if (topics.size() < MAX_SHOWN) {
                topics.add(Map.of("topic", topic, "reason", entry.reason, "count", entry.count));
            }
        });
        fields.put("topics", topics);
        return fields;
    }

    private static String word(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
