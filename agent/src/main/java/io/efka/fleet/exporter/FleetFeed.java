package io.efka.fleet.exporter;

import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.view.Completeness;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.FleetView;
import io.efka.fleet.view.ServiceView;
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
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the exporter knows of a fleet: the statuses of a snapshot, the newest metrics, and what was counted of events. Used by the
 * session's thread.
 */
public final class FleetFeed implements FleetSession.Listener {
    private static final Set<String> STREAMS = Set.of("stdout", "stderr");

    private final FleetSession session;
    private final FleetTopics topics;
    private final List<Target> targets;
    private final Snapshot snapshot;
    private final FleetView view;
    private final int maxSeries;

    private final MetricsCache metrics = new MetricsCache();
    private final Map<Counted, Long> counts = new HashMap<>();

    private boolean isRead;
    private long messages;
    private long unreadable;
    private long losses;

    /** A counter of a device's or a service's. */
    private record Counted(Family family, List<String> labels) {
        String device() {
            return labels.get(0);
        }

        Optional<String> service() {
            return labels.size() > 1 ? Optional.of(labels.get(1)) : Optional.empty();
        }
    }

    /**
     * @param targets of which devices and services
     * @param maxSeries how many series of the fleet a scrape may have
     */
    public FleetFeed(FleetSession session, List<Target> targets, int maxSeries) {
        this.session = session;
        this.topics = new FleetTopics(session.prefix());
        this.targets = List.copyOf(targets);
        this.maxSeries = maxSeries;
        this.snapshot = new Snapshot(session, targets);
        this.view = snapshot.view();
        session.listen(this); // after the snapshot, which reads again first when the connection is back
    }

    /** Reads what is retained; from then on all that comes is taken into account while the session handles messages. */
    public Completeness read() throws FleetException, InterruptedException {
        follow();
        Completeness came = snapshot.read(true);
        isRead = session.isConnected();
        return came;
    }

    /** Whether what is known of the fleet is what the broker has: it is connected, and has sent what it has. */
    public boolean isCurrent() {
        return isRead && session.isConnected();
    }

    /** How much of the fleet is known. */
    public Completeness completeness() {
        return snapshot.completeness();
    }

    /** Metrics and events are not retained: they come from now on. */
    private void follow() throws FleetException, InterruptedException {
        var filters = new LinkedHashSet<String>();
        for (Target target : targets) {
            for (String leaf : List.of("metrics", "event")) {
                filters.add(target.deviceFilter(topics, leaf));
                filters.add(target.serviceFilter(topics, leaf));
            }
        }
        session.subscribe(List.copyOf(filters), 0, false);
    }

    @Override
    public void received(Message message) {
        messages++;
        Optional<Source> from = topics.parse(message.topic());
        if (from.isEmpty()) return;
        switch (from.get().leaf()) {
            case "status" -> {
                if (message.payload().length == 0) forgetWhatIsGone();
            }
            case "metrics" -> take(message).ifPresent(document -> takeMetrics(from.get(), document));
            case "event" -> take(message).ifPresent(document -> count(from.get(), document));
            default -> {}
        }
    }

    private Optional<Document> take(Message message) {
        Optional<Document> document = Document.parse(message.payload());
        if (document.isEmpty()) unreadable++;
        return document;
    }

    private void takeMetrics(Source from, Document document) {
        if (isKnown(from.device(), from.service())) metrics.put(from.name(), document, session.now());
    }

    private void count(Source from, Document event) {
        if (!isKnown(from.device(), from.service())) return;
        String kind = event.text("event").orElse("");
        if (kind.equals("events_dropped") && from.service().isEmpty()) {
            count(new Counted(Family.EVENTS_DROPPED, List.of(from.device())), event.number("count"));
        }
        String stream = event.text("stream").orElse("");
        if (kind.equals("output_dropped") && from.service().isPresent() && STREAMS.contains(stream)) {
            List<String> labels = List.of(from.device(), from.service().get(), stream);
            count(new Counted(Family.OUTPUT_DROPPED, labels), event.number("bytes"));
        }
    }

    private void count(Counted what, OptionalLong more) {
        more.ifPresent(number -> counts.merge(what, Math.max(0, number), FleetFeed::saturatedSum));
    }

    private static long saturatedSum(long a, long b) {
        return b > Long.MAX_VALUE - a ? Long.MAX_VALUE : a + b;
    }

    private boolean isKnown(String deviceId, Optional<String> service) {
        boolean isSilent = service.isEmpty()
                && view.device(deviceId).flatMap(DeviceView::status).isEmpty();
        return !isSilent && view.knows(deviceId, service);
    }

    /** What was measured and counted of what the snapshot does not have any more. */
    private void forgetWhatIsGone() {
        metrics.removeIf(name -> {
            String[] parts = name.split("/", 2);
            return !isKnown(parts[0], parts.length > 1 ? Optional.of(parts[1]) : Optional.empty());
        });
        counts.keySet().removeIf(counted -> !isKnown(counted.device(), counted.service()));
    }

    @Override
    public void lost(String reason) {
        losses++;
        isRead = false;
    }

    @Override
    public void reconnected() throws FleetException, InterruptedException {
        follow();
        forgetWhatIsGone();
        isRead = true;
    }

    /** All series as they are now; those of the exporter itself if what is known of the fleet is not current. */
    public SampleSet samples() {
        var samples = new SampleSet(maxSeries);
        if (isCurrent()) {
            view.devices(targets).forEach(device -> addDevice(samples, device));
            addCounts(samples);
        }
        addOwn(samples);
        return samples;
    }

    private void addDevice(SampleSet samples, DeviceView device) {
        long now = session.now();
        samples.addAll(DeviceSamples.of(device, metrics.get(device.id(), now)));
        for (ServiceView service : device.services().values()) {
            if (!Target.anyMatches(targets, device, service.id())) continue;
            samples.addAll(ServiceSamples.of(service, metrics.get(service.name(), now)));
        }
    }

    private void addCounts(SampleSet samples) {
        counts.forEach((counted, sum) -> {
            if (isMeant(counted)) samples.addAll(List.of(new Sample(counted.family(), counted.labels(), sum)));
        });
    }

    private boolean isMeant(Counted counted) {
        return view.device(counted.device())
                .filter(device -> counted.service()
                        .map(service -> Target.anyMatches(targets, device, service))
                        .orElseGet(() -> Target.anyMatches(targets, device)))
                .isPresent();
    }

    private void addOwn(SampleSet samples) {
        Completeness came = completeness();
        samples.addOwn(Family.CONNECTED, session.isConnected() ? 1 : 0);
        samples.addOwn(Family.COMPLETE, isCurrent() && came.isComplete() ? 1 : 0);
        samples.addOwn(Family.DEVICES, came.devices());
        samples.addOwn(Family.SERVICES, came.services());
        samples.addOwn(Family.SERVICES_EXPECTED, came.expected());
        samples.addOwn(Family.CONNECTIONS_LOST, losses);
        samples.addOwn(Family.MESSAGES, messages);
        samples.addOwn(Family.UNREADABLE, unreadable + view.unreadable());
        samples.addOwn(Family.SERIES, samples.series());
        samples.addOwn(Family.SERIES_LEFT_OUT, samples.leftOut());
    }
}
