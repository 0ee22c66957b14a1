package io.efka.agent.telemetry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.gson.JsonObject;
import io.efka.agent.supervision.StatusListener;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Measures the device and its services on request. In between it only counts, from status changes, how long each
 * service was in its desired state. Thread-safe. A request takes as long as the {@link Meters} do; a status change
 * never waits for it.
 */
public final class Measurements implements StatusListener {
    private final Meters meters;
    private final Timers timers;
    private final LongSupplier nanoTime;

    /** By service. Its lock is never held while measuring. */
    @GuardedBy("counters") private final Map<ServiceId, ServiceCounters> counters = new TreeMap<>();

    @GuardedBy("counters") private final ServiceCounters.CpuShare cpu = new ServiceCounters.CpuShare();

    /** @param nanoTime monotonic nanoseconds, {@code System::nanoTime} */
    public Measurements(Meters meters, Timers timers, LongSupplier nanoTime) {
        this.meters = meters;
        this.timers = timers;
        this.nanoTime = nanoTime;
    }

    /** A service's metrics document. */
    public record OfService(ServiceId id, JsonObject document) {}

    @Override
    public void changed(ServiceStatus status) {
        Duration age = Duration.between(status.since(), timers.now());
        synchronized (counters) {
            long nanos = nanoTime.getAsLong();
            ServiceCounters known = counters.get(status.id());
            if (known == null) counters.put(status.id(), new ServiceCounters(status, nanos, age));
            else known.changed(status, nanos, age);
        }
    }

    @Override
    public void removed(ServiceId id) {
        synchronized (counters) {
            counters.remove(id);
        }
    }

    /** The device's metrics document, now. */
    public JsonObject deviceNow() {
        Meters.Host host = meters.host();
        synchronized (counters) {
            Meters.Ticks ticks = host.cpuTicks();
            return MetricsCodec.device(
                    timers.now(), host, cpu.sample(nanoTime.getAsLong(), ticks.busy(), ticks.total()));
        }
    }

    /** The metrics documents of all services, now, ordered by id; also of those that do not run. */
    public List<OfService> servicesNow() {
        var documents = new ArrayList<OfService>();
        for (ServiceStatus status : statuses()) {
            Optional<Meters.Tree> tree = status.run().flatMap(meters::tree);
            document(status, tree).ifPresent(json -> documents.add(new OfService(status.id(), json)));
        }
        return documents;
    }

    private List<ServiceStatus> statuses() {
        synchronized (counters) {
            return counters.values().stream().map(ServiceCounters::status).toList();
        }
    }

    /** Empty if the service was removed while it was measured. Leaves out a tree of an earlier run. */
    private Optional<JsonObject> document(ServiceStatus measured, Optional<Meters.Tree> tree) {
        synchronized (counters) {
            ServiceCounters known = counters.get(measured.id());
            if (known == null) return Optional.empty();
            boolean isSameRun = known.status().run().equals(measured.run());
            return Optional.of(
                    MetricsCodec.service(timers.now(), known, nanoTime.getAsLong(), tree.filter(any -> isSameRun)));
        }
    }
}
