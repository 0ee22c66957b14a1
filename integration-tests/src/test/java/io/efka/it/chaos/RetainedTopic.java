package io.efka.it.chaos;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The topic of one desired document, and its report. Publishes as a careful operator does: until a broker has accepted it, and again
 * when a killed one has lost it. Not thread-safe.
 */
final class RetainedTopic {
    private static final long FRESH_WITHIN_MILLIS = 2_000;
    private static final byte[] NOTHING = {};

    private final Source source;
    private final String device;
    private final ObserverLink link;
    private final DocumentReports reports;
    private final Conditions conditions;
    private final Notes notes;
    private byte[] retained = NOTHING;
    private long kills;
    private long wipes;

    /** Whose document it is. Its name is in those of its services. */
    enum Source {
        DEVICE("wanted", "device"),
        GROUP("crowd", "group/all");

        private final String document;
        private final String words;

        Source(String document, String words) {
            this.document = document;
            this.words = words;
        }

        String document() {
            return document;
        }

        /** As a report has it. */
        String words() {
            return words;
        }
    }

    RetainedTopic(
            Source source,
            String device,
            ObserverLink link,
            DocumentReports reports,
            Conditions conditions,
            Notes notes) {
        this.source = source;
        this.device = device;
        this.link = link;
        this.reports = reports;
        this.conditions = conditions;
        this.notes = notes;
    }

    Source source() {
        return source;
    }

    String device() {
        return device;
    }

    void publish(byte[] payload) {
        kills = conditions.brokerKills();
        wipes = conditions.brokerWipes();
        retained = payload;
        link.publishRetained(
                "efka/" + (source == Source.DEVICE ? device : source.words()) + "/desired/" + source.document(),
                payload);
    }

    void clear() {
        publish(NOTHING);
    }

    /** The newest report that was heard. */
    Optional<JsonObject> report() {
        return reports.find(source.document());
    }

    /** The report that the broker retains now; empty: it has none, or it does not say. */
    Optional<JsonObject> reportAtBroker() {
        reports.forget(source.document());
        link.askForRetained(DocumentReports.filter(device));
        for (long waited = 0; waited < FRESH_WITHIN_MILLIS && report().isEmpty(); waited += 10) Commander.pause(10);
        return report();
    }

    /** Waits until it is so, for that much calm time at most; what a broker loses meanwhile is published again. */
    boolean within(Duration calm, BooleanSupplier isSo) {
        return agree(calm, false, () -> isSo.getAsBoolean() ? Optional.empty() : Optional.of("not yet"))
                .isEmpty();
    }

    /**
     * Waits until nothing disagrees. A broker that has lost everything is left so: silence is no deletion.
     *
     * @param disagreement what is not as it should be, in words
     * @return the last disagreement
     */
    Optional<String> agree(Duration calm, Supplier<Optional<String>> disagreement) {
        return agree(calm, true, disagreement);
    }

    private Optional<String> agree(Duration calm, boolean keepsSilent, Supplier<Optional<String>> disagreement) {
        long since = conditions.calmNanos();
        while (true) {
            // Before the look: time in which it was calm, whatever the look takes.
            boolean isLast = conditions.calmNanos() - since > calm.toNanos();
            Optional<String> now = disagreement.get();
            if (now.isEmpty() || isLast) return now;
            publishAgain(keepsSilent);
            Commander.pause(20);
        }
    }

    private void publishAgain(boolean keepsSilent) {
        long lost = conditions.brokerKills() - kills;
        boolean isWiped = conditions.brokerWipes() - wipes == lost;
        if (lost == 0 || (keepsSilent && isWiped)) return;
        notes.seen("documents published again since a killed broker may have lost them", 1);
        publish(retained);
    }
}
