package io.efka.agent.state;

import io.efka.agent.release.ReleaseCodec;
import io.efka.agent.release.ReleaseStore;
import io.efka.agent.release.ServiceReleases;
import io.efka.agent.supervision.StoreException;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services' releases in the state store, as JSON documents by service id. */
public final class StoredReleases implements ReleaseStore {
    private static final Logger LOG = LoggerFactory.getLogger(StoredReleases.class);
    static final String MAP = "releases";

    private final StateStore state;

    public StoredReleases(StateStore state) {
        this.state = state;
    }

    @Override
    public Map<ServiceId, ServiceReleases> load() {
        var all = new LinkedHashMap<ServiceId, ServiceReleases>();
        state.documents(MAP).forEach((service, document) -> {
            try {
                if (Names.isLegal(service)) all.put(new ServiceId(service), ReleaseCodec.decode(document));
            } catch (RuntimeException e) { // whatever is wrong with it: one document must not cost the others
                LOG.warn("service={} what is known of its releases cannot be read: {}", service, e.getMessage());
            }
        });
        return all;
    }

    @Override
    public void save(ServiceId service, ServiceReleases releases) throws StoreException {
        state.commit(change(service, releases));
    }

    @Override
    public void saveFact(ServiceId service, ServiceReleases releases) throws StoreException {
        state.commitCritical(change(service, releases));
    }

    private static List<Change> change(ServiceId service, ServiceReleases releases) {
        return List.of(Change.put(MAP, service.value(), ReleaseCodec.encode(releases)));
    }

    @Override
    public void deleteSoon(ServiceId service) {
        state.commitSoon(List.of(Change.remove(MAP, service.value())));
    }
}
