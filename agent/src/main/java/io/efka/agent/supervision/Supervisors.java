package io.efka.agent.supervision;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.protocol.Fault;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import io.efka.threads.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * All services of the device, one supervisor each. Tells services that wait for others which of those are ready, and stops
 * services before the ones they depend on.
 */
public final class Supervisors implements ServiceRegistry {
    private final Ports ports;
    private final Supplier<Executor> mailboxes;
    private final OutputFiles output;
    private final Map<ServiceId, Supervisor> supervisors = new ConcurrentSkipListMap<>();
    private final Readiness readiness = new Readiness();

    /**
     * @param ports their listener is called for every service
     * @param mailboxes makes an executor that runs one task at a time, in order
     */
    public Supervisors(Ports ports, Supplier<Executor> mailboxes, OutputFiles output) {
        this.ports = new Ports(
                ports.launcher(),
                ports.prober(),
                ports.store(),
                ports.manifests(),
                ports.timers(),
                new ReadinessRelay(ports.listener()),
                ports.stopNotifier(),
                ports.runIds(),
                ports.random());
        this.mailboxes = mailboxes;
        this.output = output;
    }

    /** A service as it was found on disk: its record and its manifest, or why that cannot be used. */
    public record Found(ServiceRecord record, ManifestReading reading) {
        public Optional<Manifest> manifest() {
            return reading.ifUsable();
        }

        public List<Fault> faults() {
            return reading.faults();
        }
    }

    /**
     * Takes over what was found and starts what is desired; of a service that is being removed, a run is ended. Called
     * once, before any other.
     */
    public void boot(List<Found> found) {
        Set<ServiceId> leaving = ports.store().removals();
        for (Found one : found) {
            ServiceRecord record =
                    leaving.contains(one.record().id()) ? one.record().leaving() : one.record();
            supervise(Service.found(record, one.reading(), ports.timers().now()));
        }
        supervisors.values().forEach(Supervisor::introduce);
        readiness.tellAll();
        supervisors.values().forEach(s -> s.tell(new Event.AgentStarted()));
    }

    private Supervisor supervise(Service service) {
        output.register(service.id(), service.effectiveManifest().output());
        var supervisor = new Supervisor(service, mailboxes.get(), ports, this::share);
        supervisors.put(service.id(), supervisor);
        return supervisor;
    }

    /**
     * Ends every service gracefully, dependents before what they depend on.
     *
     * @return whether all had ended within {@code limit}; blocks until then
     */
    public boolean stop(Duration limit) throws InterruptedException {
        var shutdown = new Shutdown(supervisors, this::after);
        return shutdown.run(limit);
    }

    private List<ServiceId> after(Supervisor supervisor) {
        return supervisor.service().manifest().map(Manifest::after).orElse(List.of());
    }

    @Override
    public List<ServiceStatus> list() {
        return supervisors.values().stream().map(Supervisor::status).toList();
    }

    @Override
    public Optional<ServiceStatus> find(ServiceId id) {
        return supervisor(id).map(Supervisor::status);
    }

    @Override
    public Optional<Manifest> manifest(ServiceId id) {
        return supervisor(id).flatMap(s -> s.service().manifest());
    }

    @Override
    public Optional<Path> workDir(ServiceId id) {
        return supervisor(id).map(s -> s.service().record().workDir());
    }

    private Optional<Supervisor> supervisor(ServiceId id) {
        return Optional.ofNullable(supervisors.get(id));
    }

    @Override
    public boolean tell(ServiceId id, Event event) {
        Optional<Supervisor> supervisor = supervisor(id);
        supervisor.ifPresent(s -> s.tell(event));
        if (event instanceof Event.ManifestChanged changed) adjust(id, changed.manifest());
        return supervisor.isPresent();
    }

    private void adjust(ServiceId id, Manifest manifest) {
        output.register(id, manifest.output());
        readiness.tell(id, manifest.after());
    }

    /**
     * Uses a manifest that was read late. Its supervisor has it already, so of two services that wait for each other the
     * later one finds the cycle, and no report about those in {@code after} is missed.
     */
    private void share(Manifest manifest) {
        ServiceId id = manifest.id();
        Optional<Fault> cycle = Dependencies.of(this).fault(id);
        if (cycle.isEmpty()) adjust(id, manifest);
        else tell(id, new Event.ManifestRead(new ManifestReading.Unusable(List.of(cycle.get()))));
    }

    @Override
    public void add(ServiceId id, Path workDir, Manifest manifest) throws StoreException {
        if (supervisors.containsKey(id)) throw new IllegalStateException(id + " is registered already");
        var record = ServiceRecord.fresh(id, workDir, Desired.STOPPED, manifest.autostart());
        ports.store().add(record);
        Supervisor supervisor = supervise(Service.found(
                record,
                new ManifestReading.Usable(manifest, List.of()),
                ports.timers().now()));
        supervisor.introduce();
        readiness.tell(id, manifest.after());
    }

    @Override
    public void beginRemoval(ServiceId id) throws StoreException {
        ports.store().beginRemoval(id);
    }

    @Override
    public void cancelRemoval(ServiceId id) {
        ports.store().endRemoval(id);
    }

    @Override
    public Set<ServiceId> unfinishedRemovals() {
        var unfinished = new TreeSet<ServiceId>(ports.store().removals());
        unfinished.retainAll(supervisors.keySet());
        return unfinished;
    }

    @Override
    public void remove(ServiceId id) throws StoreException {
        Supervisor supervisor = supervisor(id).orElseThrow(() -> new IllegalStateException(id + " is not registered"));
        ServiceStatus status = supervisor.status();
        if (status.run().isPresent() || status.desired() == Desired.RUNNING) {
            throw new IllegalStateException(id + " is " + status.state() + ", desired " + status.desired());
        }
        ports.store().delete(id);
        supervisors.remove(id);
        boolean isGone = output.forget(id);
        ports.launcher().forget(id);
        ports.listener().removed(id);
        // What is left of its output is deleted at the next start.
        if (isGone) ports.store().endRemoval(id);
    }

    /** Gets every status before the listener does, and tells dependents who is ready. */
    private final class ReadinessRelay implements StatusListener {
        private final StatusListener listener;

        ReadinessRelay(StatusListener listener) {
            this.listener = listener;
        }

        /**
         * A supervisor answers a stop before it publishes the status, so the service may be removed in between. A status
         * of a removed service would stay at the broker for ever; {@code removed} is called again to delete it.
         */
        @Override
        public void changed(ServiceStatus status) {
            ServiceId id = status.id();
            if (!supervisors.containsKey(id)) return;
            readiness.set(id, status.ready());
            listener.changed(status);
            if (!supervisors.containsKey(id)) removed(id);
        }

        @Override
        public void removed(ServiceId id) {
            readiness.set(id, false);
            listener.removed(id);
        }
    }

    /**
     * Knows which services are ready. It tells dependents under its lock, so that the last report is the true one. That is
     * safe: it only puts an event into a mailbox, whose lock takes no other.
     */
    private final class Readiness {
        @GuardedBy("this") private final Set<ServiceId> ready = new HashSet<>();

        synchronized void set(ServiceId id, boolean isReady) {
            boolean changed = isReady ? ready.add(id) : ready.remove(id);
            if (!changed) return;
            supervisors.forEach((dependent, supervisor) -> {
                if (after(supervisor).contains(id)) tell(dependent, after(supervisor));
            });
        }

        synchronized void tellAll() {
            supervisors.forEach((id, supervisor) -> tell(id, after(supervisor)));
        }

        synchronized void tell(ServiceId id, List<ServiceId> after) {
            var missing = new HashSet<ServiceId>(after);
            missing.removeAll(ready);
            supervisor(id).ifPresent(s -> s.tell(new Event.DependenciesReported(missing)));
        }
    }

    /** Reads manifests again that could not be read when the agent started, such as those on a mount that comes late. */
    public interface ManifestReader {

        /**
         * Reads the manifest in {@code workDir} and gives the result to {@code tell} once, from any thread. Never blocks and
         * never throws. A disk that hangs may delay the result without limit.
         */
        void read(ServiceId id, Path workDir, Consumer<ManifestReading> tell);
    }

    /** What supervisors use to act outside themselves; shared by all supervisors of a device. */
    public record Ports(
            Launcher launcher,
            Prober prober,
            ServiceStore store,
            ManifestReader manifests,
            Timers timers,
            StatusListener listener,
            StopNotifier stopNotifier,
            Supplier<RunId> runIds,
            RandomGenerator random) {}
}
