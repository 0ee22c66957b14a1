package io.efka.fleet.rollout;

import io.efka.fleet.rollout.DeviceFacts.ReportFacts;
import io.efka.fleet.rollout.DeviceFacts.ServiceFacts;
import io.efka.fleet.rollout.DeviceFacts.Uptime;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.session.RetainedReader;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.Glob;
import io.efka.fleet.view.Snapshot;
import io.efka.fleet.view.Target;
import io.efka.mqtt.Message;
import io.efka.protocol.DeviceId;
import io.efka.protocol.FleetTopics;
import io.efka.protocol.FleetTopics.Source;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics.GroupId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The devices of a group, what they report of one document, and how some of their services are. Changes while the session handles messages.
 * Confined to the command's thread.
 */
final class GroupView implements FleetSession.Listener {
    private final FleetSession session;
    private final FleetTopics topics;
    private final GroupId group;
    private final String reportLeaf;
    private final Set<ServiceId> services;
    private final List<Target> targets;
    private final Snapshot snapshot;
    private final RetainedReader reader;

    private final Map<String, Optional<ReportFacts>> reports = new HashMap<>();
    private final Map<String, Map<ServiceId, Document>> statuses = new HashMap<>();
    private final Map<String, Map<ServiceId, Uptime>> uptimes = new HashMap<>();
    private final Set<String> read = new HashSet<>();
    private boolean isOpen;
    private boolean hasLost;

    /**
     * @param name of the document
     * @param services whose statuses and metrics are wanted
     */
    GroupView(FleetSession session, GroupId group, String name, Set<ServiceId> services) {
        this.session = session;
        this.topics = new FleetTopics(session.prefix());
        this.group = group;
        this.reportLeaf = "reported/" + name;
        this.services = Set.copyOf(services);
        this.targets = List.of(new Target(Optional.of(group), Glob.ANY, Optional.empty()));
        this.snapshot = new Snapshot(session, targets);
        this.reader = new RetainedReader(session);
        session.listen(this);
    }

    /**
     * Reads what is retained; from then on every change is followed, also after the connection was lost.
     *
     * @return whether all has come that the broker has
     */
    boolean open() throws FleetException, InterruptedException {
        isOpen = true;
        follow();
        boolean isComplete = snapshot.read(false).isComplete();
        return readNew() && isComplete;
    }

    private void follow() throws FleetException, InterruptedException {
        var live = new ArrayList<String>();
        live.add(topics.device(FleetTopics.ANY, reportLeaf));
        for (ServiceId service : services) {
            for (String leaf : FactsReader.serviceLeaves()) {
                live.add(topics.service(FleetTopics.ANY, service.value(), leaf));
            }
        }
        session.subscribe(live, 1, false);
    }

    /** The snapshot has read the devices again before. */
    @Override
    public void reconnected() throws FleetException, InterruptedException {
        if (!isOpen) return;
        hasLost = true;
        follow();
        read.clear();
        readNew();
    }

    /** Whether the connection was lost, and all read again, since the last call: what was seen before says nothing any more. */
    boolean takeLoss() {
        boolean has = hasLost;
        hasLost = false;
        return has;
    }

    /**
     * Reads what is retained of devices that have come since.
     *
     * @return whether all of it has come
     */
    boolean readNew() throws FleetException, InterruptedException {
        var wanted = new ArrayList<String>();
        for (DeviceView device : snapshot.view().devices(targets)) {
            if (!read.add(device.id())) continue;
            wanted.add(topics.device(device.id(), reportLeaf));
            for (ServiceId service : services) wanted.add(topics.service(device.id(), service.value(), "status"));
        }
        return wanted.isEmpty() || reader.read(wanted);
    }

    @Override
    public void received(Message message) {
        Optional<Source> source = topics.parse(message.topic());
        if (source.isEmpty()) return;
        Source from = source.get();
        Optional<Document> document = Document.parse(message.payload());
        if (from.service().isEmpty()) {
            if (from.leaf().equals(reportLeaf)) {
                reports.put(from.device(), document.flatMap(one -> FactsReader.report(one, "group/" + group)));
            }
            return;
        }
        var service = new ServiceId(from.service().get());
        if (!services.contains(service)) return;
        if (from.leaf().equals("status")) status(from.device(), service, document);
        if (from.leaf().equals("metrics")) {
            document.flatMap(FactsReader::uptime)
                    .ifPresent(uptime -> uptimes.computeIfAbsent(from.device(), id -> new HashMap<>())
                            .put(service, uptime));
        }
    }

    private void status(String device, ServiceId service, Optional<Document> document) {
        Map<ServiceId, Document> all = statuses.computeIfAbsent(device, id -> new HashMap<>());
        if (document.isPresent()) all.put(service, document.get());
        else all.remove(service);
    }

    /** All devices of the group that are known. */
    Collection<DeviceFacts> facts() {
        return snapshot.view().devices(targets).stream().map(this::facts).toList();
    }

    private DeviceFacts facts(DeviceView device) {
        var seen = new HashMap<ServiceId, ServiceFacts>();
        Map<ServiceId, Uptime> uptime = uptimes.getOrDefault(device.id(), Map.of());
        statuses.getOrDefault(device.id(), Map.of())
                .forEach((service, status) ->
                        seen.put(service, FactsReader.service(status, Optional.ofNullable(uptime.get(service)))));
        return new DeviceFacts(
                new DeviceId(device.id()),
                FactsReader.presence(device),
                reports.getOrDefault(device.id(), Optional.empty()),
                seen);
    }

    /** The highest revision that any device reports; 0 if none does. */
    long newestRevision() {
        return reports.values().stream()
                .flatMap(Optional::stream)
                .mapToLong(ReportFacts::revision)
                .max()
                .orElse(0);
    }
}
