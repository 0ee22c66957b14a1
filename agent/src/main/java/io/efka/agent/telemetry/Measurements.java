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
 * Measures the device and its services when it is asked to; between that it only counts, from status changes, for how
 * long each service did what was desired of it. Thread-safe. Asking takes as long as the {@link Meters} do; hearing of a
 * status never waits for that.
 */
public final class Measurements implements StatusListener {
    private final Meters meters;
    private final Timers timers;
    private final LongSupplier nanoTime;

    /** Its lock is never held while measuring. */
    @GuardedBy("gauges") private final Map<ServiceId, ServiceCounters> gauges = new TreeMap<>();

    @GuardedBy("gauges") private final ServiceCounters.CpuShare cpu = new ServiceCounters.CpuShare();

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
        synchronized (gauges) {
            long nanos = nanoTime.getAsLong();
            ServiceCounters known = gauges.get(status.id());
            if (known == null) gauges.put(status.id(), new ServiceCounters(status, nanos, age));
            else known.changed(status, nanos, age);
        }
    }

    @Override
    public void removed(ServiceId id) {
        synchronized (gauges) {
            gauges.remove(id);
        }
    }

    /** The device's metrics document, now. */
    public JsonObject deviceNow() {
        Meters.Host host = meters.host();
        synchronized (gauges) {
            Meters.Ticks ticks = host.cpuTicks();
            return MetricsCodec.device(timers.now(), host, cpu.look(nanoTime.getAsLong(), ticks.busy(), ticks.total()));
        }
    }

    /** The metrics document of every service, now, by id; also of those that do not run. */
    public List<OfService> servicesNow() {
        var documents = new ArrayList<OfService>();
        for (ServiceStatus status : statuses()) {
            Optional<Meters.Tree> tree = status.run().flatMap(meters::tree);
            document(status, tree).ifPresent(json -> documents.add(new OfService(status.id(), json)));
        }
        return documents;
    }

    private List<ServiceStatus> statuses() {
        synchronized (gauges) {
            return gauges.values().stream().map(ServiceCounters::status).toList();
        }
    }

    /** Empty when the service was removed while it was measured; a run that has changed since is not mixed up. */
    private Optional<JsonObject> document(ServiceStatus measured, Optional<Meters.Tree> tree) {
        synchronized (gauges) {
            ServiceCounters gauge = gauges.get(measured.id());
            if (gauge == null) return Optional.empty();
            boolean isSameRun = gauge.status().run().equals(measured.run());
            return Optional.of(
                    MetricsCodec.service(timers.now(), gauge, nanoTime.getAsLong(), tree.filter(any -> isSameRun)));
        }
    }
}
