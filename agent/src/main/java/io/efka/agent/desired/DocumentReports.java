package io.efka.agent.desired;

import io.efka.agent.desired.Report.Refusal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what became of each document, and of what arrived and was not taken. Confined to the mailbox. */
final class DocumentReports {
    /** Anybody who may publish a document can make up names. What is refused beyond is only logged. */
    private static final int MAX_UNKNOWN = Inbox.MAX_DOCUMENTS;

    private static final Logger LOG = LoggerFactory.getLogger(DocumentReports.class);

    private final DesiredPorts ports;
    private final Supplier<Documents> documents;
    private final Map<DocumentKey, Refusal> refusals = new HashMap<>();
    private final Map<DocumentKey, Map<String, Object>> announced = new HashMap<>();

    /** Removed when this agent began, and not published as far as it has seen: nothing is told of them. */
    private final Set<DocumentKey> silent = new HashSet<>();

    DocumentReports(DesiredPorts ports, Supplier<Documents> documents) {
        this.ports = ports;
        this.documents = documents;
    }

    /** An agent has found these. Whether a document that was removed is still published is seen when it arrives. */
    void start() {
        documents.get().list().stream()
                .filter(DocumentReports::isRemoved)
                .map(Document::key)
                .forEach(silent::add);
        // An earlier agent has told of their states.
        for (Document document : documents.get().list()) {
            var report = new Report(document.key(), Optional.of(document), Optional.empty());
            announced.put(document.key(), report.event(report.state(ports.facts())));
        }
    }

    /** Tells how all documents are. */
    void reportAll() {
        documents.get().list().stream()
                .map(Document::key)
                .filter(key -> !isHidden(key))
                .forEach(key -> report(key.name()));
    }

    private boolean isHidden(DocumentKey key) {
        return silent.contains(key)
                || documents.get().find(key).filter(Document::isGone).isPresent();
    }

    private static boolean isRemoved(Document document) {
        return document.accepted().content().isRemoval() && document.state() instanceof DocumentState.Done;
    }

    /** The newest revision was not taken; what was taken before goes on. */
    void refuse(DocumentKey key, Refusal refusal) {
        // Without the message, which may quote the document: it may hold secrets.
        LOG.warn(
                "document={} {}: {}, see its report",
                key,
                refusal.state(),
                refusal.problem().code());
        boolean isNew = documents.get().find(key).isEmpty() && !refusals.containsKey(key);
        if (isNew && unknown() >= MAX_UNKNOWN) return;
        silent.remove(key);
        refusals.put(key, refusal.after(Optional.ofNullable(refusals.get(key))));
        report(key.name());
    }

    private long unknown() {
        return refusals.keySet().stream()
                .filter(key -> documents.get().find(key).isEmpty())
                .count();
    }

    /** A newer revision was taken; {@link #report} follows. */
    void taken(DocumentKey key) {
        refusals.remove(key);
        silent.remove(key);
    }

    /**
     * The newest revision is the one that was taken.
     *
     * @param isBack whether its topic was cleared before
     */
    void accept(DocumentKey key, boolean isBack) {
        boolean isNews = refusals.remove(key) != null;
        isNews |= silent.remove(key);
        if (isNews || isBack) report(key.name());
    }

    /** Its topic was cleared, as it says itself. */
    void withdrawn(DocumentKey key) {
        refusals.remove(key);
        silent.remove(key);
        report(key.name());
    }

    /** Documents of which nothing is told: of each only its revision is remembered. */
    Set<DocumentKey> silent() {
        return documents.get().all().keySet().stream().filter(this::isHidden).collect(Collectors.toUnmodifiableSet());
    }

    /** Nothing is known of the document any more. */
    void forgotten(DocumentKey key) {
        silent.remove(key);
        announced.remove(key);
    }

    /** Tells how all documents of this name are. */
    void report(String name) {
        announced.keySet().removeIf(key -> key.name().equals(name) && !isToldOf(key));
        List<Report> all = reportsOf(name);
        if (all.isEmpty()) {
            // One that is silent may still be published, and then its report stays.
            if (silent.stream().noneMatch(key -> key.name().equals(name)))
                ports.reports().clear(name);
            return;
        }
        ports.reports().update(name, all.get(0).encode(ports.facts(), documents.get(), all.subList(1, all.size())));
        for (Report report : all) announce(report);
    }

    private List<Report> reportsOf(String name) {
        var keys = new TreeSet<DocumentKey>(documents.get().all().keySet());
        keys.addAll(refusals.keySet());
        return keys.stream()
                .filter(key -> key.name().equals(name) && isToldOf(key))
                .map(key -> new Report(key, documents.get().find(key), Optional.ofNullable(refusals.get(key))))
                .toList();
    }

    private boolean isToldOf(DocumentKey key) {
        if (refusals.containsKey(key)) return true;
        return documents.get().find(key).isPresent() && !isHidden(key);
    }

    private void announce(Report report) {
        Map<String, Object> event = report.event(report.state(ports.facts()));
        if (event.equals(announced.put(report.key(), event))) return;
        ports.events().device("desired", event);
    }
}
