package io.efka.agent.telemetry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.supervision.StatusListener;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.Topics;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the retained status document of every service, and an event for every status change. Documents may skip
 * intermediate statuses, but never the last one. If somebody else writes such a topic, it is corrected, at most once a
 * second. Thread-safe; never blocks, and holds no lock while it calls out.
 */
public final class RetainedStatuses implements StatusListener {
    /** Limit of removed services whose topics are not cleared yet; they pile up while there is no broker. */
    static final int MAX_REMOVED = 1_000;

    /** Between two clearings of the topic of a service that does not exist. */
    static final Duration CLEAR_PAUSE = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(RetainedStatuses.class);

    private final Topics topics;
    private final MqttLink link;
    private final Timers timers;
    private final Events events;
    private final StatusCodec codec;

    @GuardedBy("this") private final Map<ServiceId, Entry> entries = new LinkedHashMap<>();

    /** Statuses of existing services. An entry without a status belongs to a removed service: its topic is cleared. */
    @GuardedBy("this") private final Map<ServiceId, ServiceStatus> statuses = new HashMap<>();

    @GuardedBy("this") private boolean online;

    @GuardedBy("this") private long forgotten;

    @GuardedBy("this") private long overwritten;

    /** Ids without a service whose topic was cleared within the last second. */
    @GuardedBy("this") private Set<ServiceId> cleared = new HashSet<>();

    /** Those of them that somebody has written again. */
    @GuardedBy("this") private Set<ServiceId> clearAgain = new HashSet<>();

    /** @param events receives an event for every status change */
    public RetainedStatuses(Topics topics, MqttLink link, Timers timers, Events events, StatusCodec codec) {
        this.topics = topics;
        this.link = link;
        this.timers = timers;
        this.events = events;
        this.codec = codec;
    }

    @Override
    public void changed(ServiceStatus status) {
        Entry entry;
        Optional<ServiceStatus> before;
        synchronized (this) {
            entry = entry(status.id());
            before = Optional.ofNullable(statuses.put(status.id(), status));
        }
        if (before.isPresent() && before.get().equals(status)) return;
        entry.document.changed();
        for (StatusChanges.Announcement announcement : StatusChanges.between(before, status)) {
            events.service(status.id(), announcement.kind(), announcement.fields());
        }
    }

    /** What a status says beside what its supervisor knows has changed. */
    public void refresh(ServiceId id) {
        known(id).ifPresent(entry -> entry.document.changed());
    }

    @Override
    public void removed(ServiceId id) {
        clear(id, true);
        events.service(id, "removed", Map.of());
    }

    /**
     * This agent speaks for the device: publishes what was not acknowledged, what the broker may have lost, and every
     * change from now on.
     *
     * @param sessionPresent see {@link RetainedDocument#online}
     */
    public void online(boolean sessionPresent) {
        for (Entry entry : setOnline(true)) entry.document.online(sessionPresent);
    }

    /** The connection is lost, or another agent has the device: keeps the newest statuses and publishes nothing. */
    public void offline() {
        for (Entry entry : setOnline(false)) entry.document.offline();
    }

    /**
     * Corrects what somebody else has written: the document of a service, or one of a service that does not exist. An
     * agent leaves the latter behind if it ends before the broker learns of a removal.
     *
     * @param message any message from the broker. All on {@code …/svc/+/status} must be passed, echoes included;
     *     others are ignored
     */
    public void received(Message message) {
        Optional<ServiceId> id = service(message.topic());
        if (id.isEmpty()) return;
        Optional<Entry> entry = known(id.get());
        if (entry.isPresent()) entry.get().detector.received(message.payload());
        else if (message.payload().length > 0) clearUnknown(id.get());
    }

    /** The topics on which this agent has published a status that is not cleared. */
    public synchronized List<String> topics() {
        return entries.keySet().stream().map(id -> topics.service(id, "status")).toList();
    }

    private Optional<ServiceId> service(String topic) {
        String start = topics.device("svc/");
        String end = "/status";
        if (!topic.startsWith(start) || !topic.endsWith(end) || topic.length() <= start.length() + end.length()) {
            return Optional.empty();
        }
        String name = topic.substring(start.length(), topic.length() - end.length());
        return Names.isLegal(name) ? Optional.of(new ServiceId(name)) : Optional.empty();
    }

    private synchronized Optional<Entry> known(ServiceId id) {
        return Optional.ofNullable(entries.get(id));
    }

    private void clearUnknown(ServiceId id) {
        boolean isFirst;
        synchronized (this) {
            if (cleared.contains(id)) {
                clearAgain.add(id);
                return;
            }
            if (cleared.size() >= MAX_REMOVED) return;
            isFirst = cleared.isEmpty();
            cleared.add(id);
        }
        if (isFirst) timers.schedule(CLEAR_PAUSE, this::clearAgain);
        clear(id, false);
    }

    private void clearAgain() {
        Set<ServiceId> due;
        synchronized (this) {
            due = clearAgain;
            cleared = new HashSet<>(due);
            clearAgain = new HashSet<>();
        }
        if (due.isEmpty()) return;
        timers.schedule(CLEAR_PAUSE, this::clearAgain);
        due.forEach(id -> clear(id, false));
    }

    private void correct(Entry entry) {
        long count;
        synchronized (this) {
            if (entries.get(entry.id) != entry) return;
            // An agent that has left the device to another expects that one's documents.
            count = online ? ++overwritten : 0;
        }
        if (Long.bitCount(count) == 1) {
            log.warn(
                    "somebody else wrote {}: publishing the status of service={} again, times={}",
                    topics.service(entry.id, "status"),
                    entry.id,
                    count);
        }
        entry.document.changed();
    }

    private synchronized List<Entry> setOnline(boolean online) {
        this.online = online;
        return List.copyOf(entries.values());
    }

    /** @param evenIfKnown false: a service that was added meanwhile keeps its document */
    private void clear(ServiceId id, boolean evenIfKnown) {
        Entry entry;
        Optional<ServiceId> oldest;
        long count;
        synchronized (this) {
            if (!evenIfKnown && entries.containsKey(id)) return;
            entry = entry(id);
            statuses.remove(id);
            oldest = forgetOldestRemoved();
            count = forgotten;
        }
        if (oldest.isPresent() && count % 100 == 1) {
            log.warn(
                    "status of removed service={} stays at the broker: more than {} wait to be cleared, forgotten={}",
                    oldest.get(),
                    MAX_REMOVED,
                    count);
        }
        entry.document.changed();
    }

    @GuardedBy("this") private Optional<ServiceId> forgetOldestRemoved() {
        var removed = new ArrayList<ServiceId>(entries.keySet());
        removed.removeAll(statuses.keySet());
        if (removed.size() <= MAX_REMOVED) return Optional.empty();
        entries.remove(removed.get(0));
        forgotten++;
        return Optional.of(removed.get(0));
    }

    @GuardedBy("this") private Entry entry(ServiceId id) {
        return entries.computeIfAbsent(id, unknown -> new Entry(unknown, online));
    }

    private synchronized void forgetRemoved(Entry entry) {
        if (!statuses.containsKey(entry.id)) entries.remove(entry.id, entry);
    }

    private synchronized Optional<ServiceStatus> newest(ServiceId id) {
        return Optional.ofNullable(statuses.get(id));
    }

    /**
     * The document of one service. Without a status the service is removed: the entry goes once the topic is cleared.
     */
    private final class Entry {
        private final ServiceId id;
        private final RetainedDocument document;
        private final OverwriteDetector detector;

        Entry(ServiceId id, boolean online) {
            this.id = id;
            this.detector = new OverwriteDetector(timers, () -> correct(this));
            this.document = new RetainedDocument(
                    topics.service(id, "status"),
                    link,
                    timers,
                    bytes -> detector.publishing(
                            newest(id).map(status -> codec.bytes(status, bytes)).orElse(new byte[0])),
                    () -> forgetRemoved(this),
                    online);
        }
    }
}
