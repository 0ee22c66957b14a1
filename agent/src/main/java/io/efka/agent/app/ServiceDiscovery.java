package io.efka.agent.app;

import io.efka.agent.install.ServiceFolders;
import io.efka.agent.supervision.Dependencies;
import io.efka.agent.supervision.ServiceRecord;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.agent.supervision.ServiceStore;
import io.efka.agent.supervision.StoreException;
import io.efka.agent.supervision.Supervisors;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import io.efka.threads.AgentThread;
import io.efka.words.FileFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the services of this device at agent start: those in the store, and those that are in {@code data/services}
 * without a record, because the store was lost or because somebody put the folder there. The latter are wanted as their
 * {@code autostart} says.
 *
 * @param manifests reads a service's manifest in its folder
 */
record ServiceDiscovery(
        ServiceStore store, ServiceFolders folders, BiFunction<ServiceId, Path, ManifestReading> manifests) {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceDiscovery.class);

    /** Every service with what its manifest says now. */
    List<Supervisors.Found> find() {
        var found = new ArrayList<Supervisors.Found>();
        Set<ServiceId> known = new HashSet<>();
        for (ServiceRecord record : store.load()) {
            known.add(record.id());
            found.add(withManifest(record));
        }
        unrecorded(known).forEach((id, folder) -> found.add(adopted(id, folder)));
        return withoutCycles(found);
    }

    /** The runs that earlier agents recorded. */
    static List<RunRecord> runs(List<Supervisors.Found> found) {
        return found.stream().flatMap(one -> one.record().run().stream()).toList();
    }

    /** Services that wait for each other in a circle would never start: each of them gets a fault. */
    private static List<Supervisors.Found> withoutCycles(List<Supervisors.Found> found) {
        var dependencies = new Dependencies();
        for (Supervisors.Found one : found) one.manifest().ifPresent(dependencies::put);
        return found.stream().map(one -> withoutCycle(one, dependencies)).toList();
    }

    private static Supervisors.Found withoutCycle(Supervisors.Found one, Dependencies dependencies) {
        ServiceId id = one.record().id();
        Optional<Fault> fault = dependencies.fault(id);
        if (fault.isEmpty()) return one;
        LOG.warn("service={} manifest cannot be used: {}", id, fault.get());
        return new Supervisors.Found(one.record(), new ManifestReading.Unusable(List.of(fault.get())));
    }

    private Map<ServiceId, Path> unrecorded(Set<ServiceId> known) {
        try {
            Map<ServiceId, Path> folders = this.folders.discover();
            folders.keySet().removeAll(known);
            return folders;
        } catch (IOException e) {
            LOG.warn("the services folder cannot be read, only recorded services are kept: {}", FileFailure.words(e));
            return Map.of();
        }
    }

    private Supervisors.Found adopted(ServiceId id, Path folder) {
        ManifestReading reading = manifests.apply(id, folder);
        boolean autostart = reading.ifUsable().filter(Manifest::autostart).isPresent();
        Desired desired = autostart ? Desired.RUNNING : Desired.STOPPED;
        var record = ServiceRecord.fresh(id, folder, desired, autostart);
        LOG.info("service={} found in {} without a record: desired={}", id, folder, record.desired());
        // What it wants is unknown while its manifest cannot be read: the next agent finds it again.
        if (reading.isUnread()) return found(record, reading);
        try {
            store.save(record);
        } catch (StoreException e) {
            LOG.warn("service={} cannot be recorded and will be found again: {}", id, e.getMessage());
        }
        return found(record, reading);
    }

    private Supervisors.Found withManifest(ServiceRecord record) {
        AgentThread.step();
        return found(record, manifests.apply(record.id(), record.workDir()));
    }

    private static Supervisors.Found found(ServiceRecord record, ManifestReading reading) {
        String what = reading.isUnread() ? "read" : "used";
        reading.faults().forEach(fault -> LOG.warn("service={} manifest cannot be {}: {}", record.id(), what, fault));
        return new Supervisors.Found(record, reading);
    }
}
