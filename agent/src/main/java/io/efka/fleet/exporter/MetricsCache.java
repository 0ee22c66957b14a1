package io.efka.fleet.exporter;

import io.efka.fleet.view.Document;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The newest metrics document of each device and service. A device says neither how often it publishes them nor that it no longer
 * does, so one counts until it is overdue: for three times the interval between the last two, and 5 minutes at least.
 */
final class MetricsCache {
    private static final Duration LEAST = Duration.ofMinutes(5);
    private static final int INTERVALS = 3;

    private final Map<String, Received> byName = new HashMap<>();

    /** @param until monotonic nanoseconds */
    private record Received(Document document, long at, long until) {}

    /** @param now monotonic nanoseconds */
    void put(String name, Document document, long now) {
        Received before = byName.get(name);
        long interval = before == null ? 0 : now - before.at();
        byName.put(name, new Received(document, now, now + Math.max(LEAST.toNanos(), INTERVALS * interval)));
    }

    /** Empty if there are none, or none that still count. */
    Document get(String name, long now) {
        Received received = byName.get(name);
        return received == null || received.until() - now < 0 ? Document.EMPTY : received.document();
    }

    void removeIf(Predicate<String> name) {
        byName.keySet().removeIf(name);
    }
}
