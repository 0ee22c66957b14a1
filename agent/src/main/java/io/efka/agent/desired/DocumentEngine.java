package io.efka.agent.desired;

import io.efka.agent.desired.Report.Refusal;
import io.efka.agent.supervision.StoreException;
import io.efka.protocol.DeviceId;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.threads.Timers.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the documents: decides nothing, and does what {@link Document} decides. Always in this order: decide, save, swap, act,
 * announce. Confined to the mailbox.
 */
final class DocumentEngine implements DocumentEffect.Actor {
    /** A clock may be set while a timer runs: after this it is looked at again. */
    static final Duration LONGEST_WAIT = Duration.ofHours(1);

    /** To the next try when the disk is full. */
    static final Duration RETRY = Duration.ofMinutes(1);

    /** To the next try to take back what a full disk refuses: a service is waiting. */
    static final Duration RESTORE_RETRY = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(DocumentEngine.class);

    private final DeviceId device;
    private final ZoneId zone;
    private final DesiredPorts ports;
    private final DocumentCodec codec;
    private final Executor mailbox;
    private final ServiceChanges changes;
    private final Map<DocumentKey, Timer> timers = new HashMap<>();
    private final DocumentReports reports;

    /** Documents that are to be looked at again, because another one took or gave up services. */
    private final Deque<DocumentKey> toReview = new ArrayDeque<>();

    /** Written in the mailbox only. */
    private volatile Documents documents = Documents.NONE;

    private volatile boolean isStarted;
    private boolean isEnded;

    DocumentEngine(
            DeviceId device, ZoneId zone, DesiredPorts ports, DocumentCodec codec, Executor mailbox, Executor disk) {
        this.device = device;
        this.zone = zone;
        this.ports = ports;
        this.codec = codec;
        this.mailbox = mailbox;
        this.reports = new DocumentReports(ports, () -> documents);
        this.changes = new ServiceChanges(ports.actions(), ports.facts(), mailbox, disk);
    }

    /** Goes on with what an earlier agent left. */
    void start(Collection<Document> found) {
        documents = documents.with(found);
        reports.start();
        isStarted = true;
        for (Document document : List.copyOf(documents.list())) {
            tell(document.key(), now -> new DocumentEvent.AgentStarted(plan(document, now)));
        }
        reports.reportAll();
    }

    /** Does nothing from now on. */
    void end() {
        isEnded = true;
        timers.values().forEach(Timer::cancel);
        timers.clear();
    }

    /** Thread-safe. See {@link DesiredState#needs}. */
    boolean needs(ServiceId service, String release) {
        return !isStarted || documents.list().stream().anyMatch(document -> document.goesBackTo(service, release));
    }

    Optional<Document> find(DocumentKey key) {
        return documents.find(key);
    }

    /** Characters of all documents but this one, as they were published. */
    long bytesBeside(DocumentKey key) {
        return documents.list().stream()
                .filter(document -> !document.key().equals(key))
                .mapToLong(document -> document.accepted().text().length())
                .sum();
    }

    /** Makes room for one more document, if need be. @return whether there is room */
    boolean makesRoom() {
        if (documents.all().size() < Inbox.MAX_DOCUMENTS) return true;
        Optional<DocumentKey> oldest = reports.silent().stream()
                .flatMap(key -> documents.find(key).stream())
                .min(Comparator.comparing(document -> document.state().since()))
                .map(Document::key);
        oldest.ifPresent(this::forget);
        return oldest.isPresent();
    }

    /** It was removed, and is no longer published: only that its revisions are old is forgotten. */
    private void forget(DocumentKey key) {
        LOG.info("document={} was removed, and is forgotten", key);
        documents = documents.without(key);
        reports.forgotten(key);
        ports.store().deleteSoon(List.of(key.path()));
    }

    /**
     * A newer revision was taken.
     *
     * @param taken not known here yet
     * @throws StoreException if it could not be saved: what was before stands
     */
    void take(Document taken) throws StoreException {
        Instant now = ports.timers().now();
        Documents with = documents.with(List.of(taken));
        Plan plan = with.plan(taken, device, now, zone);
        DocumentStep step = taken.on(new DocumentEvent.Taken(plan), now);
        List<Document> changed = documents.changed(step.next());
        ports.store().save(encoded(changed));
        reports.taken(taken.key());
        settle(step, changed);
        reviewOthers();
    }

    /** The newest revision was not taken; what was taken before goes on. */
    void refuse(DocumentKey key, Refusal refusal) {
        reports.refuse(key, refusal);
    }

    /** The newest revision is the one that was taken. */
    void accept(DocumentKey key) {
        reports.accept(key, setWithdrawn(key, false));
    }

    /** Its topic was cleared. */
    void withdrawn(DocumentKey key) {
        setWithdrawn(key, true);
        reports.withdrawn(key);
    }

    /** Whether that is news. A full disk costs only a report that comes back after a restart. */
    private boolean setWithdrawn(DocumentKey key, boolean is) {
        Optional<Document> found = documents.find(key).filter(document -> document.isWithdrawn() != is);
        if (found.isEmpty()) return false;
        Document changed = found.get().withdrawn(is);
        try {
            ports.store().saveFact(encoded(List.of(changed)));
        } catch (StoreException e) {
            LOG.warn("document={} not saved: {}", key, e.getMessage());
        }
        documents = documents.with(List.of(changed));
        return true;
    }

    /** Something about a service has changed. */
    void changed(ServiceId service) {
        if (isEnded) return;
        changes.changed(service);
        var names = new TreeSet<String>();
        documents.list().stream()
                .filter(document -> document.accepted().entries().containsKey(service))
                .forEach(document -> names.add(document.key().name()));
        names.forEach(reports::report);
    }

    private Plan plan(Document document, Instant now) {
        return documents.plan(document, device, now, zone);
    }

    // Decide, save, swap, act, announce.

    private void tell(DocumentKey key, Function<Instant, DocumentEvent> event) {
        if (isEnded) return;
        handle(key, event.apply(ports.timers().now()));
        reviewOthers();
    }

    private void reviewOthers() {
        while (!toReview.isEmpty()) {
            DocumentKey key = toReview.remove();
            Optional<Document> document = documents.find(key);
            if (document.isEmpty()) continue;
            Instant now = ports.timers().now();
            handle(key, new DocumentEvent.Reviewed(plan(document.get(), now)));
        }
    }

    private void handle(DocumentKey key, DocumentEvent event) {
        Optional<Document> found = documents.find(key);
        if (found.isEmpty()) return;
        Document before = found.get();
        DocumentStep step = before.on(event, ports.timers().now());
        List<Document> changed = documents.changed(step.next());
        boolean isNews = changed.size() > 1 || !step.next().equals(before);
        if (isNews && !save(before, step.next(), changed)) return;
        settle(step, changed);
    }

    /** Only a beginning can be put off; what has happened has happened, and is saved with the next step. */
    private boolean save(Document before, Document next, List<Document> changed) {
        boolean isBeginning = next.isUnderWay() && (!before.isUnderWay() || Applying.isFirstChange(before, next));
        try {
            if (isBeginning) ports.store().save(encoded(changed));
            else ports.store().saveFact(encoded(changed));
            return true;
        } catch (StoreException e) {
            LOG.warn("document={} not saved: {}", next.key(), e.getMessage());
            if (isBeginning) tryAgain(before);
            return !isBeginning;
        }
    }

    private void tryAgain(Document before) {
        if (!before.isUnderWay()) {
            setTimer(before, ports.timers().now().plus(RETRY));
            return;
        }
        // It has looked, and looks again: as an agent does that was started meanwhile.
        ports.timers()
                .schedule(
                        RETRY,
                        () -> mailbox.execute(() -> documents
                                .find(before.key())
                                .filter(before::equals)
                                .ifPresent(document -> tell(
                                        document.key(), now -> new DocumentEvent.AgentStarted(plan(document, now))))));
    }

    private Map<String, String> encoded(List<Document> documents) {
        var encoded = new LinkedHashMap<String, String>();
        documents.forEach(document -> encoded.put(document.key().path(), codec.encode(document)));
        return encoded;
    }

    private void settle(DocumentStep step, List<Document> changed) {
        Map<ServiceId, DocumentKey> owners = documents.owners();
        Document next = changed.get(0);
        Optional<Document> before = documents.find(next.key());
        DocumentLog.moved(before, next);
        documents = documents.with(changed);
        for (DocumentEffect effect : step.effects()) effect.perform(this, next);
        // Itself, too: others may have given it something meanwhile.
        boolean isSettled = before.filter(Document::isUnderWay).isPresent() && !next.isUnderWay();
        if (isSettled) review(next);
        if (isSettled || !documents.owners().equals(owners)) {
            documents.list().stream()
                    .filter(document -> !document.key().equals(next.key()))
                    .forEach(this::review);
        }
        changed.stream().map(document -> document.key().name()).distinct().forEach(reports::report);
    }

    // Effects.

    @Override
    public void setTimer(Document document, Instant at) {
        DocumentKey key = document.key();
        cancelTimer(document);
        Duration wait = Duration.between(ports.timers().now(), at);
        Duration next = wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
        timers.put(key, ports.timers().schedule(next, () -> mailbox.execute(() -> review(key))));
    }

    private void review(DocumentKey key) {
        documents.find(key).ifPresent(document -> tell(key, now -> new DocumentEvent.Reviewed(plan(document, now))));
    }

    @Override
    public void cancelTimer(Document document) {
        Optional.ofNullable(timers.remove(document.key())).ifPresent(Timer::cancel);
    }

    @Override
    public void look(Document document, SortedSet<ServiceId> services) {
        changes.look(document, services, looked -> tell(document.key(), now -> looked));
    }

    @Override
    public void apply(Document document, ServiceId service) {
        long round = document.round();
        changes.apply(
                document,
                service,
                unlessInterrupted(problem -> tell(
                        document.key(),
                        now -> problem.<DocumentEvent>map(why -> new DocumentEvent.TaskFailed(round, service, why))
                                .orElseGet(() -> new DocumentEvent.TaskDone(round, service, release(service))))));
    }

    private Optional<String> release(ServiceId service) {
        return ports.facts().releases(service).flatMap(ServiceFacts.ReleaseFacts::current);
    }

    @Override
    public void restore(Document document, ServiceId service, Before before) {
        long round = document.round();
        changes.restore(document, service, before, unlessInterrupted(problem -> {
            if (problem.filter(why -> why.code().equals(ErrorCode.DISK_FULL.word()))
                    .isPresent()) {
                LOG.warn("document={} service={} not taken back yet: the disk is full", document.key(), service);
                ports.timers()
                        .schedule(
                                RESTORE_RETRY,
                                () -> mailbox.execute(() -> documents
                                        .find(document.key())
                                        .filter(now -> now.round() == round && now.isUnderWay() && !isEnded)
                                        .ifPresent(now -> restore(now, service, before))));
                return;
            }
            tell(
                    document.key(),
                    now -> problem.<DocumentEvent>map(why -> new DocumentEvent.RestoreFailed(round, service, why))
                            .orElseGet(() -> new DocumentEvent.Restored(round, service)));
        }));
    }

    /** What the end of the agent interrupts is left to the next one. */
    private Consumer<Optional<Problem>> unlessInterrupted(Consumer<Optional<Problem>> told) {
        return problem -> {
            if (!isEnded) told.accept(problem);
        };
    }

    @Override
    public void review(Document document) {
        if (!toReview.contains(document.key())) toReview.add(document.key());
    }
}
