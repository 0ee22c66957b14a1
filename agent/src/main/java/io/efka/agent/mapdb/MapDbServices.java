package io.efka.agent.mapdb;

import io.efka.agent.service.ServiceId;
import io.efka.agent.service.ServiceRecord;
import io.efka.agent.service.ServiceStore;
import io.efka.agent.service.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services' records in the state store, as JSON documents by service id. */
public final class MapDbServices implements ServiceStore {
    private static final Logger LOG = LoggerFactory.getLogger(MapDbServices.class);
    private static final String MAP = "services";

    private final StateStore state;
    private final WorkDirs workDirs;

    /** @param data the data folder, wherever it is now */
    public MapDbServices(StateStore state, Path data) {
        this.state = state;
        this.workDirs = new WorkDirs(data);
    }

    /** A record that cannot be read (damaged, or a newer agent's) is logged and left where it is; the others count. */
    @Override
    public List<ServiceRecord> load() {
        var services = new ArrayList<ServiceRecord>();
        state.documents(MAP).forEach((id, document) -> {
            try {
                services.add(ServiceCodec.decode(document, workDirs));
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
        state.commitOwed(change(service));
    }

    private List<Change> change(ServiceRecord service) {
        return List.of(Change.put(MAP, service.id().value(), ServiceCodec.encode(service, workDirs)));
    }

    @Override
    public void delete(ServiceId id) throws StoreException {
        state.commit(List.of(Change.remove(MAP, id.value())));
    }
}
