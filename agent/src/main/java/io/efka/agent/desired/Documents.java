package io.efka.agent.desired;

import io.efka.agent.desired.Plan.Todo;
import io.efka.protocol.CandidateShare;
import io.efka.protocol.DeviceId;
import io.efka.protocol.ServiceId;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All documents of a device, and which service belongs to which. A service belongs to one document: the device's own wins over
 * a group's, and of two others the one that has it keeps it. A value.
 */
record Documents(SortedMap<DocumentKey, Document> all) {
    static final Documents NONE = new Documents(new TreeMap<>());

    Documents {
        all = Collections.unmodifiableSortedMap(new TreeMap<>(all));
    }

    Optional<Document> find(DocumentKey key) {
        return Optional.ofNullable(all.get(key));
    }

    Collection<Document> list() {
        return all.values();
    }

    Documents with(Collection<Document> changed) {
        var others = new TreeMap<DocumentKey, Document>(all);
        changed.forEach(document -> others.put(document.key(), document));
        return new Documents(others);
    }

    Documents without(DocumentKey key) {
        var others = new TreeMap<DocumentKey, Document>(all);
        others.remove(key);
        return new Documents(others);
    }

    /** Which document each service belongs to. */
    Map<ServiceId, DocumentKey> owners() {
        var owners = new HashMap<ServiceId, DocumentKey>();
        for (Document document : all.values()) {
            document.applied().keySet().forEach(service -> owners.putIfAbsent(service, document.key()));
            document.accepted().entries().keySet().stream()
                    .filter(document::isChanging)
                    .forEach(service -> owners.putIfAbsent(service, document.key()));
        }
        return owners;
    }

    /** The document that wins {@code service} over a group's document; empty: none does. */
    Optional<DocumentKey> overriding(Document document, ServiceId service) {
        return owner(document, service)
                .map(Document::key)
                .filter(key -> key.isOwn() && !document.key().isOwn());
    }

    private Optional<Document> owner(Document document, ServiceId service) {
        return all.values().stream()
                .filter(other -> !other.key().equals(document.key()) && other.has(service))
                .findFirst();
    }

    /** What is to be done for a document now. */
    Plan plan(Document document, DeviceId device, Instant now, ZoneId zone) {
        var todo = new TreeMap<ServiceId, Todo>();
        var conflicts = new TreeMap<ServiceId, DocumentKey>();
        Optional<DocumentKey> busy = Optional.empty();
        for (Entry entry : document.accepted().entries().values()) {
            ServiceId service = entry.service();
            Optional<Document> owner = owner(document, service);
            if (owner.isPresent()) {
                boolean isOwn = owner.get().key().isOwn();
                if (isOwn && !document.key().isOwn()) continue;
                if (isOwn == document.key().isOwn()) {
                    conflicts.put(service, owner.get().key());
                    continue;
                }
                if (owner.get().isChanging(service))
                    busy = Optional.of(owner.get().key());
            }
            Applied applied = document.applied().get(service);
            if (applied == null || !applied.is(entry)) {
                todo.put(service, entry.isAbsent() ? Todo.REMOVE : Todo.CHANGE);
            }
        }
        if (document.accepted().content().isRemoval()) {
            document.applied().forEach((service, applied) -> {
                if (applied.isBrought() && heir(document, service).isEmpty()) todo.put(service, Todo.REMOVE);
            });
        }
        DesiredDocument content = document.accepted().content();
        double place = CandidateShare.place(document.key().path() + "/" + content.revision(), device.value());
        Instant begin = content.start().begin(document.accepted().at(), now, place, zone);
        return new Plan(todo, conflicts, busy, begin, content.expiresAt());
    }

    /** Who gets a service that {@code document} gives up: it is not removed, but changed to what that one says. */
    private Optional<Document> heir(Document document, ServiceId service) {
        return all.values().stream()
                .filter(other -> !other.key().equals(document.key()))
                .filter(other -> Optional.ofNullable(other.accepted().entries().get(service))
                        .filter(entry -> !entry.isAbsent())
                        .isPresent())
                .findFirst();
    }

    /**
     * What becomes of all documents when one has changed: what it took is no longer of the others, and what it gave up goes to
     * the one that waits for it.
     *
     * @return {@code next}, and others that changed with it
     */
    List<Document> changed(Document next) {
        SortedMap<ServiceId, Applied> before =
                find(next.key()).map(Document::applied).orElseGet(TreeMap::new);
        var changed = new TreeMap<DocumentKey, Document>();
        Document mine = next;
        for (Map.Entry<ServiceId, Applied> taken : next.applied().entrySet()) {
            if (before.containsKey(taken.getKey())) continue;
            for (Document other : all.values()) {
                Applied theirs = other.applied().get(taken.getKey());
                if (other.key().equals(next.key()) || theirs == null) continue;
                Document latest = changed.getOrDefault(other.key(), other);
                changed.put(other.key(), latest.without(taken.getKey()));
                if (theirs.isBrought())
                    mine = mine.with(taken.getKey(), taken.getValue().brought());
            }
        }
        for (Map.Entry<ServiceId, Applied> given : before.entrySet()) {
            if (next.applied().containsKey(given.getKey()) || !given.getValue().isBrought()) continue;
            Optional<Document> heir = heir(next, given.getKey());
            if (heir.isEmpty()) continue;
            Document latest = changed.getOrDefault(heir.get().key(), heir.get());
            if (latest.applied().containsKey(given.getKey())) continue;
            changed.put(
                    latest.key(), latest.with(given.getKey(), given.getValue().uncertain()));
        }
        var all = new ArrayList<Document>(List.of(mine));
        all.addAll(changed.values());
        return all;
    }
}
