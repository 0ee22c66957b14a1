package io.efka.fleet.cli;

import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.FleetView;
import io.efka.fleet.view.Snapshot;
import io.efka.fleet.view.Target;
import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import io.efka.protocol.FleetTopics.Source;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code top} shows: the statuses of a snapshot, and the metrics that devices publish now and then. Knows what has changed
 * since it was last asked. Used by the session's thread.
 */
final class TopFeed implements FleetSession.Listener {
    private final FleetSession session;
    private final FleetTopics topics;
    private final List<Target> targets;
    private final Snapshot snapshot;

    /** The newest ones by {@code gate7} and {@code gate7/camera}; only of what is known, so they are not without end. */
    private final Map<String, Document> metrics = new HashMap<>();

    private final Set<String> changed = new LinkedHashSet<>();

    TopFeed(FleetSession session, List<Target> targets, Snapshot snapshot) {
        this.session = session;
        this.topics = new FleetTopics(session.prefix());
        this.targets = targets;
        this.snapshot = snapshot;
        session.listen(this);
    }

    FleetView view() {
        return snapshot.view();
    }

    /** Metrics are not retained: they come from now on. */
    void follow() throws FleetException, InterruptedException {
        var filters = new LinkedHashSet<String>();
        for (Target target : targets) {
            filters.add(target.deviceFilter(topics, "metrics"));
            filters.add(target.serviceFilter(topics, "metrics"));
        }
        session.subscribe(List.copyOf(filters), 0, false);
    }

    /** Empty if none have come. */
    Document metrics(String name) {
        return metrics.getOrDefault(name, Document.EMPTY);
    }

    /** The names of devices and services that have changed since the last call. */
    Set<String> takeChanges() {
        var all = new LinkedHashSet<>(changed);
        changed.clear();
        return all;
    }

    @Override
    public void received(Message message) {
        Optional<Source> from = topics.parse(message.topic());
        if (from.isEmpty()) return;
        String name = from.get().name();
        switch (from.get().leaf()) {
            case "status" -> {
                changed.add(name);
                if (message.payload().length == 0) metrics.remove(name);
            }
            case "metrics" -> {
                if (!view().knows(from.get().device(), from.get().service())) return;
                Document.parse(message.payload()).ifPresent(document -> {
                    metrics.put(name, document);
                    changed.add(name);
                });
            }
            default -> {}
        }
    }

    @Override
    public void reconnected() throws FleetException, InterruptedException {
        follow();
        changed.addAll(snapshot.vanished());
        metrics.keySet().removeAll(snapshot.vanished());
    }
}
