package io.efka.agent.telemetry;

import io.efka.agent.service.Names;
import io.efka.agent.service.ServiceId;
import io.efka.agent.service.ServiceStatus;
import io.efka.agent.service.StatusListener;
import io.efka.agent.wire.Events;
import io.efka.agent.wire.Message;
import io.efka.agent.wire.Topics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every service's retained status document at the broker equal to the service's status. The documents are
 * coalesced, the last one always goes out; the events are not: every change is one. Thread-safe; never blocks.
 */
public final class RetainedStatuses implements StatusListener {
    /** Removed services whose topic is not cleared yet, as may pile up while there is no broker. */
    static final int MAX_REMOVED = 1_000;

    private static final Logger log = LoggerFactory.getLogger(RetainedStatuses.class);

    private final Topics topics;
    private final Uplink uplink;
    private final Events events;
    private final StatusCodec codec;

    // Guarded by this, which is never held while calling out.
    private final Map<ServiceId, Entry> entries = new LinkedHashMap<>();
    private boolean online;
    private long forgotten;

    public RetainedStatuses(Topics topics, Uplink uplink, Events events, StatusCodec codec) {
        this.topics = topics;
        this.uplink = uplink;
        this.events = events;
        this.codec = codec;
    }

    @Override
    public void changed(ServiceStatus status) {
        Entry entry;
        Optional<ServiceStatus> before;
        synchronized (this) {
            entry = entry(status.id());
            before = entry.status;
            entry.status = Optional.of(status);
        }
        if (before.isPresent() && before.get().equals(status)) return;
        entry.document.changed();
        for (StatusChanges.Announcement announcement : StatusChanges.between(before, status)) {
            events.service(status.id(), announcement.kind(), announcement.fields());
        }
    }

    @Override
    public void removed(ServiceId id) {
        clear(id);
        events.service(id, "removed", Map.of());
    }

    /**
     * This agent speaks for the device from now on: publishes what was not acknowledged, what the broker may have
     * forgotten, and every change from now on.
     */
    public void online(boolean sessionPresent) {
        for (Entry entry : setOnline(true)) entry.document.online(sessionPresent);
    }

    /** The connection is gone, or another agent has the device: keeps the newest and publishes nothing. */
    public void offline() {
        for (Entry entry : setOnline(false)) entry.document.offline();
    }

    /**
     * Clears the document of a service that is no more: it was removed by an agent that ended before the broker heard
     * of it. For whoever subscribes to {@code …/svc/+/status}; all other messages are ignored.
     */
    public void received(Message message) {
        if (message.payload().length == 0) return;
        String start = topics.device("svc/");
        String end = "/status";
        String topic = message.topic();
        if (!topic.startsWith(start) || !topic.endsWith(end) || topic.length() <= start.length() + end.length()) return;
        String name = topic.substring(start.length(), topic.length() - end.length());
        if (!Names.isLegal(name)) return;
        var id = new ServiceId(name);
        synchronized (this) {
            if (entries.containsKey(id)) return;
        }
        clear(id);
    }

    private synchronized List<Entry> setOnline(boolean online) {
        this.online = online;
        return List.copyOf(entries.values());
    }

    private void clear(ServiceId id) {
        Entry entry;
        synchronized (this) {
            entry = entry(id);
            entry.status = Optional.empty();
            forgetOldestRemoved();
        }
        entry.document.changed();
    }

    private void forgetOldestRemoved() {
        List<Entry> removed = entries.values().stream()
                .filter(entry -> entry.status.isEmpty())
                .toList();
        if (removed.size() <= MAX_REMOVED) return;
        ServiceId oldest = removed.get(0).id;
        entries.remove(oldest);
        if (forgotten++ % 100 > 0) return;
        log.warn(
                "status of removed service={} stays at the broker: over {} wait to be cleared, forgotten={}",
                oldest,
                MAX_REMOVED,
                forgotten);
    }

    private Entry entry(ServiceId id) {
        Entry known = entries.get(id);
        if (known != null) return known;
        var entry = new Entry(id);
        if (online) entry.document.online(true);
        entries.put(id, entry);
        return entry;
    }

    private synchronized void forgetRemoved(Entry entry) {
        if (entry.status.isEmpty()) entries.remove(entry.id, entry);
    }

    private synchronized Optional<ServiceStatus> newest(Entry entry) {
        return entry.status;
    }

    /** One service's document; without a status it is removed, and gone when the broker has cleared it. */
    private final class Entry {
        private final ServiceId id;
        private final RetainedDocument document;
        private Optional<ServiceStatus> status = Optional.empty();

        Entry(ServiceId id) {
            this.id = id;
            this.document = new RetainedDocument(
                    topics.service(id, "status"),
                    uplink,
                    () -> newest(this).map(codec::bytes).orElse(new byte[0]),
                    () -> forgetRemoved(this));
        }
    }
}
