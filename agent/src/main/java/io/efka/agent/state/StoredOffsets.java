package io.efka.agent.state;

import io.efka.agent.output.store.OffsetStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The acknowledged offsets in the state store, as decimal numbers by stream. */
public final class StoredOffsets implements OffsetStore {
    private static final Logger LOG = LoggerFactory.getLogger(StoredOffsets.class);
    static final String MAP = "offsets";

    private final StateStore state;

    public StoredOffsets(StateStore state) {
        this.state = state;
    }

    /** The service of a stream. */
    static String service(String stream) {
        int slash = stream.indexOf('/');
        return slash < 0 ? stream : stream.substring(0, slash);
    }

    /** What forgets both streams of a service. */
    static List<Change> removal(String service) {
        return List.of(Change.remove(MAP, service + "/stdout"), Change.remove(MAP, service + "/stderr"));
    }

    @Override
    public Map<String, Long> load() {
        var offsets = new LinkedHashMap<String, Long>();
        state.documents(MAP).forEach((stream, document) -> {
            try {
                offsets.put(stream, Long.valueOf(document));
            } catch (NumberFormatException e) {
                LOG.warn(
                        "stream={} has no readable offset and begins anew: must be a number, was {}", stream, document);
            }
        });
        return offsets;
    }

    @Override
    public void saveSoon(String stream, long offset) {
        state.commitSoon(List.of(Change.put(MAP, stream, Long.toString(offset))));
    }

    @Override
    public void delete(String stream) {
        state.commitSoon(List.of(Change.remove(MAP, stream)));
    }
}
