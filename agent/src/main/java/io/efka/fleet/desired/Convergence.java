package io.efka.fleet.desired;

import io.efka.fleet.desired.Standing.Phase;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.view.Completeness;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.Snapshot;
import io.efka.fleet.view.Target;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** How far the devices are that a document is for. Confined to the command's thread. */
public final class Convergence {
    /** How soon a report is noticed, and how often devices are looked for that have come. */
    private static final Duration LOOK = Duration.ofMillis(200);

    private final FleetSession session;
    private final DocumentId id;
    private final List<Target> targets;
    private final Snapshot snapshot;
    private final DocumentReports reports;
    private Map<String, Document> before = new HashMap<>();

    public Convergence(FleetSession session, DocumentId id) {
        this.session = session;
        this.id = id;
        this.targets = List.of(id.target());
        this.snapshot = new Snapshot(session, targets);
        this.reports = new DocumentReports(session);
    }

    /**
     * Reads the devices and their reports; from then on every change is followed.
     *
     * @return how many of the devices came
     */
    public Completeness open() throws FleetException, InterruptedException {
        reports.watch(id);
        Completeness came = snapshot.read(false);
        readNew();
        return came;
    }

    private void readNew() throws FleetException, InterruptedException {
        reports.read(
                id,
                snapshot.view().devices(targets).stream().map(DeviceView::id).toList());
    }

    /** How many devices the document is for, as far as they are known. */
    public int devices() {
        return snapshot.view().devices(targets).size();
    }

    /** The highest revision that any of them reports; 0 if none does. */
    public long newestRevision() {
        return snapshot.view().devices(targets).stream()
                .flatMap(device -> reports.of(device.id(), id).stream())
                .mapToLong(report -> report.number("revision").orElse(0))
                .max()
                .orElse(0);
    }

    /** What is reported until now is no answer to the next revision. */
    public void begin() {
        before = new HashMap<>();
        for (DeviceView device : snapshot.view().devices(targets)) {
            reports.of(device.id(), id).ifPresent(report -> before.put(device.id(), report));
        }
    }

    /** How each device stands with a revision. */
    public Map<String, Standing> standings(long revision) {
        var standings = new TreeMap<String, Standing>();
        for (DeviceView device : snapshot.view().devices(targets)) {
            Optional<Document> report = reports.of(device.id(), id);
            boolean isNew = !report.equals(Optional.ofNullable(before.get(device.id())));
            standings.put(device.id(), Standing.of(report, isNew, revision));
        }
        return standings;
    }

    public boolean isOnline(String device) {
        return snapshot.view().isOnline(device);
    }

    /** The devices that are offline and not done. */
    public List<String> offline(long revision) {
        return standings(revision).entrySet().stream()
                .filter(one -> !isSettled(one.getValue()) && !isOnline(one.getKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * Waits until all devices that are online are done, or cannot be.
     *
     * @param settled is told of each once
     * @return false: the limit is over, or the operator has interrupted the command
     */
    public boolean await(long revision, Duration limit, BiConsumer<String, Standing> settled)
            throws FleetException, InterruptedException {
        long end = session.now() + limit.toNanos();
        Set<String> told = new HashSet<>();
        while (true) {
            readNew();
            Map<String, Standing> all = standings(revision);
            all.forEach((device, standing) -> {
                if (isSettled(standing) && told.add(device)) settled.accept(device, standing);
            });
            boolean isOver =
                    all.entrySet().stream().allMatch(one -> isSettled(one.getValue()) || !isOnline(one.getKey()));
            if (isOver) return true;
            if (session.now() - end >= 0 || session.isInterrupted()) return false;
            session.await(() -> false, LOOK);
        }
    }

    private static boolean isSettled(Standing standing) {
        return standing.phase() == Phase.DONE || standing.phase() == Phase.FAILED;
    }
}
