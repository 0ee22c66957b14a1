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
 * Logs and counts what the broker refuses, over all connections of a link: messages by topic, and topic filters. A
 * refusal is logged once per topic or filter, until the broker accepts it again. Thread-safe.
 */
final class BrokerRefusals {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);

    /** Refusals on further topics are only counted: nobody reads a longer list. */
    private static final int MAX_TOPICS = 1_000;

    private static final int MAX_SHOWN = 20;

    @GuardedBy("this") private final Map<String, RefusedTopic> topics = new LinkedHashMap<>();

    @GuardedBy("this") private final Map<Kind, Long> counts = new LinkedHashMap<>();

    /** Filters that the broker refuses now, each with its reason. */
    @GuardedBy("this") private Map<String, String> filters = Map.of();

    /** Whether no topic is refused: spares accepted messages the lock. */
    private volatile boolean isEmpty = true;

    private static final class RefusedTopic {
        private final Kind kind;
        private final String reason;
        private long count;

        RefusedTopic(Kind kind, String reason) {
            this.kind = kind;
            this.reason = reason;
        }
    }

    /** A message was not accepted. {@link Kind#LOST} is not a refusal and is ignored. */
    void messageRefused(String topic, LinkException problem) {
        if (problem.kind() == Kind.LOST) return;
        if (!isNew(topic, problem)) return;
        boolean isPassing = problem.kind() == Kind.BUSY;
        log.warn(
                "topic={} {}: {} (logged once; info counts further ones)",
                topic,
                isPassing ? "message not accepted now, will be sent again" : "message refused",
                problem.getMessage());
    }

    private synchronized boolean isNew(String topic, LinkException problem) {
        counts.merge(problem.kind(), 1L, Long::sum);
        RefusedTopic known = topics.get(topic);
        if (known != null && known.kind == problem.kind()) {
            known.count++;
            return false;
        }
        if (known == null && topics.size() >= MAX_TOPICS) return false;
        var refused = new RefusedTopic(problem.kind(), String.valueOf(problem.getMessage()));
        refused.count = known == null ? 1 : known.count + 1;
        topics.put(topic, refused);
        isEmpty = false;
        return true;
    }

    /** A message to the topic was accepted. A refusal for its size is kept: a larger one is still too large. */
    void messageAccepted(String topic) {
        if (isEmpty) return;
        synchronized (this) {
            topics.computeIfPresent(topic, (same, refused) -> refused.kind == Kind.TOO_LARGE ? refused : null);
            isEmpty = topics.isEmpty();
        }
    }

    /**
     * Replaces the set of refused filters.
     *
     * @param now every filter that is refused now, with its reason in words
     * @return whether it differs from the set before
     */
    boolean setFilters(Map<String, String> now) {
        Map<String, String> before;
        synchronized (this) {
            before = filters;
            filters = new LinkedHashMap<>(now);
        }
        now.forEach((filter, reason) -> {
            if (!before.containsKey(filter)) {
                log.warn(
                        "filter={} is not subscribed, so none of its messages arrive: {}; will be asked for again",
                        filter,
                        reason);
            }
        });
        before.forEach((filter, reason) -> {
            if (!now.containsKey(filter)) log.info("filter={} is subscribed now", filter);
        });
        return !before.equals(now);
    }

    /** For {@code info}: counts by kind, and the first topics with their reasons. */
    synchronized Map<String, Object> describeMessages() {
        var fields = new LinkedHashMap<String, Object>();
        counts.forEach((kind, count) -> fields.put(word(kind), count));
        List<Map<String, Object>> shown = new ArrayList<>();
        topics.forEach((topic, refused) -> {
            if (shown.size() < MAX_SHOWN) {
                shown.add(Map.of("topic", topic, "reason", refused.reason, "count", refused.count));
            }
        });
        fields.put("topics", shown);
        return fields;
    }

    /** For {@code info}: refused filters with their reasons. */
    synchronized Map<String, String> describeFilters() {
        return Map.copyOf(filters);
    }

    private static String word(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
