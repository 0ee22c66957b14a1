package io.efka.agent.state;

import io.efka.agent.supervision.ServiceRecord;
import io.efka.agent.supervision.ServiceStore;
import io.efka.agent.supervision.StoreException;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services' records in the state store, as JSON documents by service id. */
public final class StoredServices implements ServiceStore {
    private static final Logger LOG = LoggerFactory.getLogger(StoredServices.class);
    private static final String MAP = "services";
    private static final String REMOVALS = "removals";
    private static final String BEGUN = "{\"v\":1}";

    private final StateStore state;
    private final ServiceCodec codec;

    /** @param data the data folder, wherever it is now */
    public StoredServices(StateStore state, Path data) {
        this.state = state;
        this.codec = new ServiceCodec(data);
    }

    /** A record that cannot be read (damaged, or written by a newer agent) is logged and kept; the others are returned. */
    @Override
    public List<ServiceRecord> load() {
        var services = new ArrayList<ServiceRecord>();
        state.documents(MAP).forEach((id, document) -> {
            try {
                services.add(codec.decode(document));
            } catch (RuntimeException e) { // whatever a value's own check says: one record must not cost the others
                LOG.warn("service={} is ignored, its record cannot be read: {}", id, e.getMessage());
            }
        });
        return services;
    }

    @Override
    public void save(ServiceRecord service) throws StoreException {
        state.commit(change(service));
    }

    @Override
    public void saveFact(ServiceRecord service) throws StoreException {
        state.commitCritical(change(service));
    }

    @Override
    public void add(ServiceRecord service) throws StoreException {
        var changes = new ArrayList<Change>(leftovers(service.id().value()));
        changes.addAll(change(service));
        state.commit(changes);
    }

    private List<Change> change(ServiceRecord service) {
        return List.of(Change.put(MAP, service.id().value(), codec.encode(service)));
    }

    @Override
    public void beginRemoval(ServiceId id) throws StoreException {
        state.commitCritical(List.of(Change.put(REMOVALS, id.value(), BEGUN)));
    }

    @Override
    public Set<ServiceId> removals() {
        return state.documents(REMOVALS).keySet().stream()
                .filter(Names::isLegal)
                .map(ServiceId::new)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public void delete(ServiceId id) throws StoreException {
        var changes = new ArrayList<Change>(leftovers(id.value()));
        changes.add(Change.remove(MAP, id.value()));
        changes.add(Change.remove(StoredReleases.MAP, id.value()));
        state.commitCritical(changes);
    }

    @Override
    public void endRemoval(ServiceId id) {
        List<Change> change = List.of(Change.remove(REMOVALS, id.value()));
        try {
            state.commitCritical(change);
        } catch (StoreException e) {
            LOG.warn("service={} that its removal is over is not saved yet: {}", id, e.getMessage());
            state.commitSoon(change);
        }
    }

    /**
     * Every service that has a record, also one that cannot be read.
     *
     * @return ids, of which a damaged store may have some that are not legal
     */
    public Set<String> recorded() {
        return state.documents(MAP).keySet();
    }

    /**
     * Forgets what is kept of services without a record. Called once, before anything is read; not if a part of the state
     * was lost, because then records may be missing.
     */
    public void forgetOrphans() {
        Set<String> recorded = recorded();
        var orphans = new TreeSet<String>(state.documents(StoredConfigs.MAP).keySet());
        state.documents(StoredOffsets.MAP).keySet().stream()
                .map(StoredOffsets::service)
                .forEach(orphans::add);
        orphans.removeAll(recorded);
        if (orphans.isEmpty()) return;
        LOG.info("not installed any more, and forgotten: {}", orphans);
        for (String orphan : orphans) state.commitSoon(leftovers(orphan));
    }

    /** What is kept of a service beside its record; what it has retained at the broker is cleared there first. */
    private static List<Change> leftovers(String service) {
        var changes = new ArrayList<Change>(StoredOffsets.removal(service));
        changes.add(Change.remove(StoredConfigs.MAP, service));
        return changes;
    }
}
